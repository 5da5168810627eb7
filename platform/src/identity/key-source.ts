import { type CryptoKey, importJWK, type JWK } from 'jose';
import { z } from 'zod';
import { createKeyCache } from './key-cache.ts';

/** Where the public halves of the signing keys come from; undefined for a key id that was never in use. */
export type KeySource = { publicKey(kid: string): Promise<CryptoKey | undefined> };

/** The form in which public keys are handed out (RFC 7517), as far as ours need it. */
export const PublicKeySet = z
  .object({
    keys: z.array(
      z.object({
        kty: z.literal('OKP'),
        crv: z.literal('Ed25519'),
        x: z.string(),
        kid: z.string(),
        alg: z.literal('EdDSA'),
        use: z.literal('sig'),
      }),
    ),
  })
  .meta({ id: 'PublicKeySet' });
export type PublicKeySet = z.infer<typeof PublicKeySet>;

/** The keys of a set that is loaded when it must be; how often and what happens while it is away says `createKeyCache`. */
export const createKeySource = (load: () => Promise<PublicKeySet>, now: () => number = Date.now): KeySource => {
  const keys = createKeyCache(async () => importAll(await load()), { now });
  return { publicKey: (kid) => keys.find(kid) };
};

/** Keys from the command API's `/.well-known/jwks.json`, for services that run apart from it. */
export const createRemoteKeySource = (url: string): KeySource =>
  createKeySource(async () => {
    const answer = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(3_000) });
    if (!answer.ok) throw new Error(`${url} answered ${answer.status}.`);
    return PublicKeySet.parse(await answer.json());
  });

const importAll = async ({ keys }: PublicKeySet): Promise<ReadonlyMap<string, CryptoKey>> => {
  const imported = keys.map(async (key) => [key.kid, await importPublic(key)] as const);
  return new Map(await Promise.all(imported));
};

const importPublic = async (key: JWK): Promise<CryptoKey> => {
  const imported = await importJWK(key, 'EdDSA');
  if (imported instanceof Uint8Array) throw new Error('A signing key must be asymmetric.');
  return imported;
};
