import { type CryptoKey, importJWK, type JWK } from 'jose';
import { z } from 'zod';

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

type Loaded = { readonly keys: ReadonlyMap<string, CryptoKey>; readonly at: number };

/** Between two look-ups for a key that is not there; without it forged key ids would be a way to load the source. */
const pauseMs = 10_000;

/**
 * Loads the key set when a key id is not known yet, at most once in 10 s. The last good keys stay in use while the
 * source is away; with none loaded yet its error is thrown.
 */
export const createKeySource = (load: () => Promise<PublicKeySet>, now: () => number = Date.now): KeySource => {
  let loaded: Loaded | undefined;
  let loading: Promise<Loaded> | undefined;
  const reload = (): Promise<Loaded> => {
    loading ??= load()
      .then(async (set) => ({ keys: await importAll(set), at: now() }))
      .catch((error: unknown) => {
        if (loaded) return { keys: loaded.keys, at: now() };
        throw error;
      })
      .then((result) => {
        loaded = result;
        return result;
      })
      .finally(() => {
        loading = undefined;
      });
    return loading;
  };
  return {
    publicKey: async (kid) => {
      const known = loaded?.keys.get(kid);
      if (known) return known;
      if (loaded && now() - loaded.at < pauseMs) return undefined;
      return (await reload()).keys.get(kid);
    },
  };
};

/** Keys from the command API's `/.well-known/jwks.json`, for services that run apart from it. */
export const createRemoteKeySource = (url: string): KeySource =>
  createKeySource(async () => {
    const answer = await fetch(url, { signal: AbortSignal.timeout(3_000) });
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
