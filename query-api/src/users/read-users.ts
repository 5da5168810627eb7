import type { SystemRole } from '@ims/contracts/permissions';
import type { User } from '@ims/contracts/users/api';
import { tableOf } from '../read-state.ts';
import type { Snapshot } from '../snapshot.ts';

type UserRow = {
  user_id: string;
  username: string;
  email: string;
  display_name: string;
  timezone: string;
  active: boolean;
  invited: boolean;
  last_sign_in_at: Date | null;
  locked_until: Date | null;
  system_roles: SystemRole[] | null;
  default_site_id: string | null;
};

const toUser = (row: UserRow): User => ({
  id: row.user_id,
  username: row.username,
  email: row.email,
  displayName: row.display_name,
  timezone: row.timezone,
  active: row.active,
  invited: row.invited,
  lastSignInAt: row.last_sign_in_at?.toISOString() ?? null,
  lockedUntil: row.locked_until?.toISOString() ?? null,
  systemRoles: row.system_roles ?? [],
  defaultSiteId: row.default_site_id,
});

const selectUsers = ({ versions }: Snapshot): string => `
  select u.user_id, u.username, u.email, u.display_name, u.timezone, u.active, u.invited, s.last_sign_in_at,
         s.locked_until, a.system_roles, u.default_site_id
  from ${tableOf(versions, 'users', 'users')} u
  left join ${tableOf(versions, 'access', 'access_users')} a on a.user_id = u.user_id
  left join ${tableOf(versions, 'users', 'user_sign_ins')} s on s.user_id = u.user_id`;

/** At most `limit` users by name, after the user with this name and id. */
export const readUsers = async (
  snapshot: Snapshot,
  after: { readonly displayName: string; readonly id: string } | undefined,
  limit: number,
): Promise<User[]> => {
  const rows = await snapshot.rows<UserRow>({
    text: `${selectUsers(snapshot)}
           where $1::uuid is null or (u.display_name, u.user_id) > ($2, $1)
           order by u.display_name, u.user_id limit $3`,
    values: [after?.id ?? null, after?.displayName ?? '', limit],
  });
  return rows.map(toUser);
};

export const readUser = async (snapshot: Snapshot, id: string): Promise<User | undefined> => {
  const [row] = await snapshot.rows<UserRow>({ text: `${selectUsers(snapshot)} where u.user_id = $1`, values: [id] });
  return row && toUser(row);
};
