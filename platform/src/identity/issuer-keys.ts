import { type CryptoKey, importJWK } from 'jose';
import { z } from 'zod';
import { type ExternalIssuer, type IssuerAlgorithm, isSafeIssuerUrl } from './external-issuers.ts';
import { createKeyCache, type KeyCacheOptions } from './key-cache.ts';

/** Public keys of an external issuer. A key is good for the one algorithm that its type and its `alg` allow. */
export type IssuerKeys = { publicKey(kid: string, algorithm: IssuerAlgorithm): Promise<CryptoKey | undefined> };

/** Thrown while an issuer's keys were never reached. */
export class IssuerUnavailable extends Error {
  override readonly name = 'IssuerUnavailable';
}

const away = (issuer: string) => (cause: unknown) => {
  throw new IssuerUnavailable(`The keys of ${issuer} cannot be had.`, { cause });
};

const timeoutMs = 3_000;
const largestAnswer = 256 * 1024;
const mostKeys = 100;
const smallestRsaKey = 2_048;
/** A source that never answered is not asked by every forged token. */
const pauseAfterFailureMs = 2_000;

const Metadata = z.looseObject({ issuer: z.string(), jwks_uri: z.string() });
const KeySet = z.looseObject({ keys: z.array(z.looseObject({ kty: z.string() })).max(mostKeys) });
type Jwk = z.infer<typeof KeySet>['keys'][number];

/** Found by the issuer's metadata, which must name exactly this issuer; loaded when needed, kept while it is away. */
export const createIssuerKeys = (
  { issuer, algorithms }: Pick<ExternalIssuer, 'issuer' | 'algorithms'>,
  options: Pick<KeyCacheOptions, 'now'> = {},
): IssuerKeys => {
  const load = async () => importAll(await loadKeySet(issuer).catch(away(issuer)), algorithms);
  const keys = createKeyCache(load, {
    ...options,
    pauseAfterFailureMs,
  });
  return { publicKey: (kid, algorithm) => keys.find(nameOf(kid, algorithm)) };
};

const nameOf = (kid: string, algorithm: IssuerAlgorithm): string => `${algorithm} ${kid}`;

const loadKeySet = async (issuer: string): Promise<readonly Jwk[]> => {
  const address = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
  const metadata = Metadata.parse(await fetchJson(address));
  if (metadata.issuer !== issuer) throw new Error(`${address} speaks for another issuer.`);
  if (!isSafeIssuerUrl(metadata.jwks_uri)) throw new Error(`${address} names keys that are not behind TLS.`);
  return KeySet.parse(await fetchJson(metadata.jwks_uri)).keys;
};

/** No redirects: what the configuration names is what is asked. */
const fetchJson = async (address: string): Promise<unknown> => {
  const answer = await fetch(address, {
    redirect: 'error',
    signal: AbortSignal.timeout(timeoutMs),
    headers: { accept: 'application/json' },
  });
  if (!answer.ok || !answer.body) throw new Error(`${address} answered ${answer.status}.`);
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of answer.body) {
    size += chunk.byteLength;
    if (size > largestAnswer) throw new Error(`${address} answers more than ${largestAnswer} bytes.`);
    chunks.push(chunk);
  }
  return JSON.parse(Buffer.concat(chunks).toString('utf8'));
};

const importAll = async (
  keys: readonly Jwk[],
  allowed: readonly IssuerAlgorithm[],
): Promise<ReadonlyMap<string, CryptoKey>> => {
  const imported = new Map<string, CryptoKey>();
  for (const jwk of keys) {
    const { kid } = jwk;
    if (typeof kid !== 'string') continue;
    for (const algorithm of algorithmsOf(jwk).filter((one) => allowed.includes(one))) {
      const key = await importKey(jwk, algorithm);
      if (key) imported.set(nameOf(kid, algorithm), key);
    }
  }
  return imported;
};

const byType: Readonly<Record<string, readonly IssuerAlgorithm[]>> = {
  RSA: ['RS256', 'PS256'],
  'EC P-256': ['ES256'],
  'OKP Ed25519': ['EdDSA'],
};

/** What a key may verify: its type decides, `alg` and `use` only narrow it. A shared secret may verify nothing. */
const algorithmsOf = ({ kty, crv, use, alg }: Jwk): readonly IssuerAlgorithm[] => {
  if (use !== undefined && use !== 'sig') return [];
  const possible = byType[kty === 'RSA' ? kty : `${kty} ${String(crv)}`] ?? [];
  return alg === undefined ? possible : possible.filter((one) => one === alg);
};

const isRsa = (algorithm: object): algorithm is { readonly modulusLength: number } => 'modulusLength' in algorithm;

/** One key that cannot be read must not take the others with it. */
const importKey = async ({ kty, crv, n, e, x, y }: Jwk, algorithm: IssuerAlgorithm): Promise<CryptoKey | undefined> => {
  const publicParts = Object.entries({ crv, n, e, x, y }).filter(([, part]) => typeof part === 'string');
  try {
    const key = await importJWK({ kty, ...Object.fromEntries(publicParts) }, algorithm);
    if (key instanceof Uint8Array) return undefined;
    return isRsa(key.algorithm) && key.algorithm.modulusLength < smallestRsaKey ? undefined : key;
  } catch {
    return undefined;
  }
};
