import { createCipheriv, createDecipheriv } from 'node:crypto';

/** RFC 3394 (AES key wrap): deterministic, and a wrong master key is noticed. */
const algorithm = 'id-aes256-wrap';
const initialValue = Buffer.alloc(8, 0xa6);

export const wrapKey = (key: Buffer, masterKey: Buffer): Buffer => {
  const cipher = createCipheriv(algorithm, masterKey, initialValue);
  return Buffer.concat([cipher.update(key), cipher.final()]);
};

/** Throws when the master key is not the one it was wrapped with. */
export const unwrapKey = (wrapped: Buffer, masterKey: Buffer): Buffer => {
  const decipher = createDecipheriv(algorithm, masterKey, initialValue);
  return Buffer.concat([decipher.update(wrapped), decipher.final()]);
};
