import { z } from 'zod';
import { Uuid } from '../ids.ts';
import { SystemRole } from '../permissions.ts';
import { userFields } from './fields.ts';

/** A user as system administrators see it. */
export const User = z
  .object({
    id: z.string(),
    username: z.string(),
    email: z.string(),
    displayName: z.string(),
    timezone: z.string(),
    active: z.boolean(),
    /** Invited by mail and not registered yet; there is no username then. */
    invited: z.boolean(),
    /** ISO 8601, UTC. */
    lastSignInAt: z.string().nullable(),
    /** ISO 8601, UTC; may lie in the past. */
    lockedUntil: z.string().nullable(),
    systemRoles: z.array(SystemRole),
    defaultSiteId: z.string().nullable(),
  })
  .meta({ id: 'User' });
export type User = z.infer<typeof User>;

export const RegisterUserBody = z
  .strictObject({
    username: userFields.username,
    email: userFields.email,
    displayName: userFields.displayName,
    timezone: userFields.timezone.default('Europe/Brussels'),
    /** Has to be changed at the first sign-in. Without it the person is mailed a link to choose one. */
    password: z.string({ error: 'Password is required' }).min(1, 'Password is required').max(1_000).optional(),
  })
  .meta({ id: 'NewUser' });
export const UpdateUserBody = z
  .strictObject({
    username: userFields.username.optional(),
    email: userFields.email.optional(),
    displayName: userFields.displayName.optional(),
    timezone: userFields.timezone.optional(),
  })
  .meta({ id: 'ChangedUser' });
/** All system roles of the user from now on. */
export const SystemRolesBody = z.strictObject({ roles: z.array(SystemRole).max(3) }).meta({ id: 'SystemRoles' });
export const UserParams = z.strictObject({ id: Uuid });
export const UserSaved = z.object({ success: z.literal(true), user: User }).meta({ id: 'UserSaved' });
export const UserAnswer = z.object({ user: User }).meta({ id: 'UserAnswer' });
export const ListUsersQuery = z.strictObject({
  cursor: z.string().max(1_000).optional(),
  /** Words that the name, username or e-mail begins with. */
  search: z.string().max(200).optional(),
});
export const UserList = z.object({ users: z.array(User), nextCursor: z.string().nullable() }).meta({ id: 'UserList' });
