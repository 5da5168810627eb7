import { type CryptoKey, decodeProtectedHeader, errors, jwtVerify } from 'jose';
import type { ExternalIssuer, IssuerAlgorithm } from './external-issuers.ts';
import type { IssuerKeys } from './issuer-keys.ts';

/** Whom a token of an external issuer speaks of. `expiresAt` in milliseconds since 1970. */
export type IssuerSubject = { readonly issuer: string; readonly subject: string; readonly expiresAt: number };

const clockToleranceSeconds = 10;
const longestSubject = 255;

/**
 * Verifies an access token of one issuer: exact issuer, audience, algorithms and type, its age, its claims. Undefined
 * for any token that is not good. Throws when the keys were never reached.
 */
export const verifyIssuerToken = async (
  token: string,
  { issuer, keys, now }: { readonly issuer: ExternalIssuer; readonly keys: IssuerKeys; readonly now: number },
): Promise<IssuerSubject | undefined> => {
  const { audience, algorithms } = issuer;
  const header = headerOf(token);
  const algorithm = algorithms.find((one) => one === header?.alg);
  if (!algorithm || header?.kid === undefined || audience === undefined) return undefined;
  const key = await keys.publicKey(header.kid, algorithm);
  return key && verifyWithKey(token, { issuer, audience, algorithm, key, now });
};

type Expected = {
  readonly issuer: ExternalIssuer;
  readonly audience: string;
  readonly algorithm: IssuerAlgorithm;
  readonly key: CryptoKey;
  readonly now: number;
};

const verifyWithKey = async (
  token: string,
  { issuer, audience, algorithm, key, now }: Expected,
): Promise<IssuerSubject | undefined> => {
  const maxTokenAge = issuer.maxTokenAgeSeconds;
  try {
    const { payload } = await jwtVerify(token, key, {
      algorithms: [algorithm],
      issuer: issuer.issuer,
      audience,
      typ: issuer.tokenType,
      requiredClaims: ['sub', 'iat', 'exp', ...issuer.requiredClaims],
      maxTokenAge,
      clockTolerance: clockToleranceSeconds,
      currentDate: new Date(now),
    });
    const { sub: subject, exp, iat } = payload;
    if (typeof subject !== 'string' || subject === '' || subject.length > longestSubject) return undefined;
    if (exp === undefined || iat === undefined) return undefined;
    return { issuer: issuer.issuer, subject, expiresAt: Math.min(exp, iat + maxTokenAge) * 1_000 };
  } catch (error) {
    if (error instanceof errors.JOSEError) return undefined;
    throw error;
  }
};

const headerOf = (token: string): { readonly alg?: string; readonly kid?: string } | undefined => {
  try {
    const { alg, kid } = decodeProtectedHeader(token);
    return { ...(typeof alg === 'string' ? { alg } : {}), ...(typeof kid === 'string' ? { kid } : {}) };
  } catch {
    return undefined;
  }
};
