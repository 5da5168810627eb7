import { decodeJwt } from 'jose';
import { LRUCache } from 'lru-cache';
import type { ExternalIdentities } from './external-identities.ts';
import type { ExternalIssuer } from './external-issuers.ts';
import { createIssuerKeys } from './issuer-keys.ts';
import { type IssuerSubject, verifyIssuerToken } from './issuer-tokens.ts';
import { type TokenVerifier, tokenIssuer, type VerifiedToken } from './verify-token.ts';

/** A signature is checked again after this time, so that a key its issuer withdrew opens nothing for long. */
const rememberedMs = 300_000;
/** Issuers put more into their tokens than we do; a longer one than this is not worth parsing. */
const longestToken = 8_192;

export type IssuersVerifierOptions = {
  /** For the tokens that the command API signs. */
  readonly own: TokenVerifier;
  readonly issuers: readonly ExternalIssuer[];
  readonly identities: ExternalIdentities;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
};

/**
 * Verifies our own tokens, and those of the issuers whose bearer tokens the configuration accepts. The issuer that a
 * token names only chooses which one verifies it; who its subject is here stands in our table alone.
 */
export const createIssuersVerifier = ({
  own,
  issuers,
  identities,
  now = Date.now,
}: IssuersVerifierOptions): TokenVerifier => {
  const accepted = issuers.filter(({ acceptBearer }) => acceptBearer);
  if (accepted.length === 0) return own;
  const known = new Map(accepted.map((issuer) => [issuer.issuer, { issuer, keys: createIssuerKeys(issuer, { now }) }]));
  const remembered = new LRUCache<string, IssuerSubject>({ max: 10_000, ttl: rememberedMs });
  const subjectOf = async (token: string, name: string): Promise<IssuerSubject | undefined> => {
    const before = remembered.get(token);
    if (before) return before.expiresAt > now() ? before : undefined;
    const source = known.get(name);
    const verified = source && (await verifyIssuerToken(token, { ...source, now: now() }));
    if (verified) remembered.set(token, verified);
    return verified;
  };
  const verifyExternal = async (token: string, name: string): Promise<VerifiedToken | undefined> => {
    const verified = await subjectOf(token, name);
    const userId = verified && (await identities.userOf(verified.issuer, verified.subject));
    if (!verified || userId === undefined) return undefined;
    return { userId, sessionId: undefined, passwordExpired: false, expiresAt: verified.expiresAt };
  };
  return {
    verify: (token) => {
      if (token.length > longestToken) return undefined;
      const name = issuerNamedBy(token);
      if (name === tokenIssuer) return own.verify(token);
      return name !== undefined && known.has(name) ? verifyExternal(token, name) : undefined;
    },
  };
};

const issuerNamedBy = (token: string): string | undefined => {
  try {
    const { iss } = decodeJwt(token);
    return typeof iss === 'string' ? iss : undefined;
  } catch {
    return undefined;
  }
};
