import { randomUUID } from 'node:crypto';
import { createKeySource, type KeySource, PublicKeySet } from '@ims/platform/identity/key-source';
import { signAccessToken } from '@ims/platform/identity/sign-token';
import { exportJWK, generateKeyPair, type JWK } from 'jose';

export type BenchTokens = {
  readonly publicKey: JWK;
  /** A token as the command API signs it, good for ten minutes. */
  tokenFor(userId: string): Promise<string>;
};

const kid = 'bench';

/** Real signed tokens, so that the servers check them as they always do. */
export const createBenchTokens = async (): Promise<BenchTokens> => {
  const { publicKey, privateKey } = await generateKeyPair('EdDSA', { extractable: true });
  return {
    publicKey: { ...(await exportJWK(publicKey)), kid, alg: 'EdDSA', use: 'sig' },
    tokenFor: async (userId) => (await signAccessToken({ kid, privateKey }, { userId, sessionId: randomUUID() })).token,
  };
};

export const keySourceOf = (publicKey: JWK): KeySource => {
  const keys = PublicKeySet.parse({ keys: [publicKey] });
  return createKeySource(() => Promise.resolve(keys));
};
