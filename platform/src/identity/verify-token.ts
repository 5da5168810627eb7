import { type CryptoKey, decodeProtectedHeader, errors, type JWTPayload, jwtVerify } from 'jose';
import { LRUCache } from 'lru-cache';
import type { KeySource } from './key-source.ts';

/** Issuer and audience of the access tokens that the command API signs. */
export const tokenIssuer = 'ims';
export const tokenAudience = 'ims';
export const tokenType = 'at+jwt';
/** Life of an access token in seconds. */
export const tokenLifetime = 600;
/** How far the clocks of those who sign and who verify may be apart, in seconds. */
const clockTolerance = 5;

export type VerifiedToken = {
  readonly userId: string;
  /** Names the sign-in; undefined for a token of an external issuer, which has none here. */
  readonly sessionId: string | undefined;
  /** The token opens nothing but the change of an expired password. */
  readonly passwordExpired: boolean;
  /** When it is refused from, tolerance for clocks included. Milliseconds since 1970. */
  readonly expiresAt: number;
};

export type TokenVerifier = {
  /** The claims of a valid token; undefined for any other. Throws when the keys cannot be reached. */
  verify(token: string): VerifiedToken | undefined | Promise<VerifiedToken | undefined>;
};

/** No token of ours is nearly as long; a longer one is not worth parsing. */
const longestToken = 2_048;

/**
 * Verifies EdDSA access tokens with exact issuer, audience and type, and an age that clocks a little apart agree on. What was verified once is remembered until
 * its expiry (at most 10,000 tokens), for a signature costs more than everything else a query does before its SELECT.
 */
export const createTokenVerifier = (keys: KeySource, now: () => number = Date.now): TokenVerifier => {
  const remembered = new LRUCache<string, VerifiedToken>({ max: 10_000 });
  const verifyAndRemember = async (token: string): Promise<VerifiedToken | undefined> => {
    const verified = await verifySignature(token, keys, now());
    if (verified) remembered.set(token, verified);
    return verified;
  };
  return {
    verify: (token) => {
      const known = remembered.get(token);
      if (known) return known.expiresAt > now() ? known : undefined;
      return token.length > longestToken ? undefined : verifyAndRemember(token);
    },
  };
};

const verifySignature = async (token: string, keys: KeySource, now: number): Promise<VerifiedToken | undefined> => {
  const kid = keyId(token);
  const key = kid === undefined ? undefined : await keys.publicKey(kid);
  if (!key) return undefined;
  try {
    const { payload } = await jwtVerify(token, key satisfies CryptoKey, {
      algorithms: ['EdDSA'],
      issuer: tokenIssuer,
      audience: tokenAudience,
      typ: tokenType,
      requiredClaims: ['sub', 'sid', 'iat', 'exp', 'jti'],
      maxTokenAge: tokenLifetime,
      clockTolerance,
      currentDate: new Date(now),
    });
    return toVerified(payload);
  } catch (error) {
    if (error instanceof errors.JOSEError) return undefined;
    throw error;
  }
};

const keyId = (token: string): string | undefined => {
  try {
    return decodeProtectedHeader(token).kid;
  } catch {
    return undefined;
  }
};

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

const toVerified = ({ sub, exp, sid, aud, pwd }: JWTPayload): VerifiedToken | undefined => {
  if (sub === undefined || exp === undefined || typeof sid !== 'string' || aud !== tokenAudience) return undefined;
  if (!uuid.test(sub) || !uuid.test(sid)) return undefined;
  return { userId: sub, sessionId: sid, passwordExpired: pwd === 'expired', expiresAt: (exp + clockTolerance) * 1000 };
};
