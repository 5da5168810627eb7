import { randomUUID } from 'node:crypto';
import { type CryptoKey, exportJWK, generateKeyPair } from 'jose';
import { createKeySource, type KeySource, PublicKeySet } from '../identity/key-source.ts';
import { type SigningKey, signAccessToken } from '../identity/sign-token.ts';

/** Signs access tokens for made-up sign-ins, and is the key source of a server that is to believe them. */
export type TestCallers = {
  readonly keySource: KeySource;
  readonly signingKey: SigningKey;
  /** The headers of a call by this user, on this site where one is given. */
  headersOf(userId: string, siteId?: string): Promise<{ authorization: string; 'x-site-id'?: string }>;
};

export const createTestCallers = async (): Promise<TestCallers> => {
  const { publicKey, privateKey } = await generateKeyPair('EdDSA', { extractable: true });
  const signingKey: SigningKey = { kid: 'test', privateKey };
  const keys = PublicKeySet.parse({ keys: [await publicJwk(publicKey)] });
  return {
    keySource: createKeySource(() => Promise.resolve(keys)),
    signingKey,
    headersOf: async (userId, siteId) => {
      const { token } = await signAccessToken(signingKey, { userId, sessionId: randomUUID() });
      return { authorization: `Bearer ${token}`, ...(siteId === undefined ? {} : { 'x-site-id': siteId }) };
    },
  };
};

const publicJwk = async (key: CryptoKey) => ({ ...(await exportJWK(key)), kid: 'test', alg: 'EdDSA', use: 'sig' });
