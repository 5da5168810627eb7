import { randomUUID } from 'node:crypto';
import { type CryptoKey, SignJWT } from 'jose';
import { tokenAudience, tokenIssuer, tokenLifetime, tokenType } from './verify-token.ts';

export type SigningKey = { readonly kid: string; readonly privateKey: CryptoKey };

export type AccessToken = {
  readonly token: string;
  /** ISO 8601, UTC. */
  readonly expiresAt: string;
};

/** An access token of 10 minutes for a user and a sign-in; one with `passwordExpired` opens the change of the password alone. `now` in milliseconds since 1970. */
export const signAccessToken = async (
  { kid, privateKey }: SigningKey,
  {
    userId,
    sessionId,
    passwordExpired = false,
  }: { readonly userId: string; readonly sessionId: string; readonly passwordExpired?: boolean },
  now: number = Date.now(),
): Promise<AccessToken> => {
  const issuedAt = Math.floor(now / 1000);
  const token = await new SignJWT({ sid: sessionId, ...(passwordExpired ? { pwd: 'expired' } : {}) })
    .setProtectedHeader({ alg: 'EdDSA', kid, typ: tokenType })
    .setIssuer(tokenIssuer)
    .setAudience(tokenAudience)
    .setSubject(userId)
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + tokenLifetime)
    .setJti(randomUUID())
    .sign(privateKey);
  return { token, expiresAt: new Date((issuedAt + tokenLifetime) * 1000).toISOString() };
};
