import { z } from 'zod';
import { Uuid } from '../ids.ts';
import type { NewEvent } from '../recorded-event.ts';

/** How somebody signs in: with a password of ours, or by an external issuer's word. */
export const SignInMethod = z.enum(['password', 'external']);

/** Where a call came from; sealed under the key of its day. */
const origin = { ip: z.string().max(64), userAgent: z.string().max(512) };

export const SignInSucceeded = z.strictObject({ userId: Uuid, method: SignInMethod, ...origin });

/** `userId` is null for a name that nobody has; `name` is what was typed (sealed). */
export const SignInFailed = z.strictObject({
  userId: Uuid.nullable(),
  method: SignInMethod,
  reason: z.enum(['unknown', 'wrong-password', 'locked', 'inactive', 'not-linked', 'not-verified']),
  name: z.string().max(200),
  ...origin,
});

/** `until` is ISO 8601, UTC; `failures` counts those in a row that led to it. */
export const AccountLocked = z.strictObject({ userId: Uuid, until: z.string(), failures: z.number().int() });
export const AccountUnlocked = z.strictObject({ userId: Uuid, because: z.enum(['administrator', 'password-reset']) });

/**
 * A link to choose a password left: by mail, or printed for an operator to hand on. `owner`: somebody who knows the
 * e-mail address asked for it; `administrator`: a person who administers, or the operator at the machine.
 */
export const PasswordResetSent = z.strictObject({ userId: Uuid, by: z.enum(['administrator', 'owner']) });

/**
 * One sign-in or more ended before their time. `token-reused`: a refresh token came again long after it was used, so a
 * copy of it is about, and the origin is that of the copy or of its owner. `ended-by-owner`: one of them, from the list
 * of own sign-ins; `signed-out-everywhere`: all of them.
 */
export const SessionRevoked = z.strictObject({
  userId: Uuid,
  because: z.enum(['token-reused', 'ended-by-owner', 'signed-out-everywhere']),
  ...origin,
});

/**
 * Somebody signed in asked for what their roles do not allow. `operation` is method and route, without values;
 * `times` counts the refusals of this person on this route within the minute that begins with the event.
 */
export const AccessDenied = z.strictObject({
  userId: Uuid,
  operation: z.string().max(200),
  reason: z.enum(['no-role', 'not-allowed', 'no-such-record', 'suspended', 'password-expired']),
  times: z.number().int().min(1),
  ...origin,
});

/** The fields that stand in the sealed part of a security event. */
export const sealedSecurityFields = ['ip', 'userAgent', 'name'] as const;

export type SecurityEvent =
  | NewEvent<'SignInSucceeded', z.infer<typeof SignInSucceeded>>
  | NewEvent<'SignInFailed', z.infer<typeof SignInFailed>>
  | NewEvent<'AccountLocked', z.infer<typeof AccountLocked>>
  | NewEvent<'AccountUnlocked', z.infer<typeof AccountUnlocked>>
  | NewEvent<'PasswordResetSent', z.infer<typeof PasswordResetSent>>
  | NewEvent<'SessionRevoked', z.infer<typeof SessionRevoked>>
  | NewEvent<'AccessDenied', z.infer<typeof AccessDenied>>;
