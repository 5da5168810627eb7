import { z } from 'zod';
import { Uuid } from '../ids.ts';
import type { NewEvent } from '../recorded-event.ts';

export const UserRegistered = z.strictObject({
  username: z.string(),
  email: z.string(),
  displayName: z.string(),
  timezone: z.string(),
});
export const UserUpdated = UserRegistered.partial();
export const UserDeactivated = z.strictObject({});
export const UserReactivated = z.strictObject({});
export const UserDefaultSiteChosen = z.strictObject({ siteId: Uuid.nullable() });
export const UserPasswordChanged = z.strictObject({});

/** Somebody without an account was asked by mail to make one; registering goes on in the same stream. */
export const UserInvited = z.strictObject({ email: z.string() });
/** The person is nobody again: the address is free, and links that were mailed open nothing. */
export const UserInvitationWithdrawn = z.strictObject({});
/** `issuer` is the issuer’s name in the configuration; which of its people it is stands in a table, not in the log. */
export const UserExternalIdentityLinked = z.strictObject({ issuer: z.string() });

/** The fields that stand in the sealed part of a user's events. */
export const sealedUserFields = ['username', 'email', 'displayName'] as const;

export type UserEvent =
  | NewEvent<'UserRegistered', z.infer<typeof UserRegistered>>
  | NewEvent<'UserUpdated', z.infer<typeof UserUpdated>>
  | NewEvent<'UserDeactivated', z.infer<typeof UserDeactivated>>
  | NewEvent<'UserReactivated', z.infer<typeof UserReactivated>>
  | NewEvent<'UserDefaultSiteChosen', z.infer<typeof UserDefaultSiteChosen>>
  | NewEvent<'UserPasswordChanged', z.infer<typeof UserPasswordChanged>>
  | NewEvent<'UserInvited', z.infer<typeof UserInvited>>
  | NewEvent<'UserInvitationWithdrawn', z.infer<typeof UserInvitationWithdrawn>>
  | NewEvent<'UserExternalIdentityLinked', z.infer<typeof UserExternalIdentityLinked>>;
