import type { SignedIn } from '@ims/contracts/auth/api';
import { type Refusal, refusal } from '@ims/contracts/error-codes';
import type { AccessReader } from '@ims/platform/identity/access';
import { type SigningKey, signAccessToken } from '@ims/platform/identity/sign-token';
import type { Session } from './sessions.ts';
import type { SignedInUsers } from './signed-in-user.ts';

export type SignedInAnswerOptions = {
  readonly signingKey: SigningKey;
  readonly signedInUsers: SignedInUsers;
  readonly accessReader: AccessReader;
  readonly isPasswordExpired: (userId: string) => Promise<boolean>;
};

export const signInAgain = refusal('AUTHENTICATION_ERROR', 'Sign in again to continue');
export const notKnownYet = refusal('PROJECTION_LAGGING', 'Your account is still being set up; try again in a moment');

/** A fresh access token with who it is for; a password that has expired shows in both. */
export const signedInAnswer = async (
  { signingKey, signedInUsers, accessReader, isPasswordExpired }: SignedInAnswerOptions,
  { userId, sessionId, method }: Session,
): Promise<SignedIn | Refusal> => {
  const { active } = await accessReader.read(userId, undefined);
  if (!active) return signInAgain;
  const [user, passwordExpired] = await Promise.all([
    signedInUsers.read(userId),
    method === 'password' && isPasswordExpired(userId),
  ]);
  if (!user) return notKnownYet;
  const token = await signAccessToken(signingKey, { userId, sessionId, passwordExpired });
  return { ...token, user, passwordExpired };
};
