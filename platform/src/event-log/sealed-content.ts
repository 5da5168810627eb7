import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

/** Where a ciphertext belongs; it cannot be opened in another place. */
export type Place = { readonly stream: string; readonly type: string; readonly eventId: string };

const nonceBytes = 12;
const tagBytes = 16;

/** AES-256-GCM over the text, as base64 of nonce, tag and ciphertext. */
export const sealText = (text: string, key: Buffer, place: Place): string => {
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  cipher.setAAD(bytesOf(place));
  const ciphertext = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), ciphertext]).toString('base64');
};

/** Throws when key or place are not those it was sealed for, or a byte was changed. */
export const openText = (sealed: string, key: Buffer, place: Place): string => {
  const bytes = Buffer.from(sealed, 'base64');
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, nonceBytes), { authTagLength: tagBytes });
  decipher.setAAD(bytesOf(place));
  decipher.setAuthTag(bytes.subarray(nonceBytes, nonceBytes + tagBytes));
  const opened = decipher.update(bytes.subarray(nonceBytes + tagBytes));
  return Buffer.concat([opened, decipher.final()]).toString('utf8');
};

/** Length-prefixed, so that no two places share their bytes. */
const bytesOf = ({ stream, type, eventId }: Place): Buffer => {
  const parts = [stream, type, eventId].flatMap((text) => {
    const bytes = Buffer.from(text, 'utf8');
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    return [length, bytes];
  });
  return Buffer.concat(parts);
};
