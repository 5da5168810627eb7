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
    password: z.string({ error: 'Password is required' }).min(1, 'Password is required').max(1_000),
  })
  .meta({ id: 'NewUser' });
export const UserParams = z.strictObject({ id: Uuid });
export const UserSaved = z.object({ success: z.literal(true), user: User }).meta({ id: 'UserSaved' });
export const UserAnswer = z.object({ user: User }).meta({ id: 'UserAnswer' });
export const ListUsersQuery = z.strictObject({ cursor: z.string().max(1_000).optional() });
export const UserList = z.object({ users: z.array(User), nextCursor: z.string().nullable() }).meta({ id: 'UserList' });
