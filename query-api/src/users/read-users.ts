import type { SystemRole } from '@ims/contracts/permissions';
import type { User } from '@ims/contracts/users/api';
import { isoInstant } from '../instants.ts';
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
  last_sign_in_at: string | null;
  locked_until: string | null;
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
  lastSignInAt: row.last_sign_in_at && isoInstant(row.last_sign_in_at),
  lockedUntil: row.locked_until && isoInstant(row.locked_until),
  systemRoles: row.system_roles ?? [],
  defaultSiteId: row.default_site_id,
});

const selectUsers = ({ versions }: Snapshot): string => `
  select u.user_id, u.username, u.email, u.display_name, u.timezone, u.active, u.invited, s.last_sign_in_at,
         s.locked_until, a.system_roles, u.default_site_id
  from ${tableOf(versions, 'users', 'users')} u
  left join ${tableOf(versions, 'access', 'access_users')} a on a.user_id = u.user_id
  left join ${tableOf(versions, 'users', 'user_sign_ins')} s on s.user_id = u.user_id`;

export type WantedUsers = {
  /** What was typed: every word must begin one of the person's name, username or e-mail; empty finds everybody. */
  readonly search: string;
  readonly after: { readonly displayName: string; readonly id: string } | undefined;
  readonly limit: number;
};

/** Folded and cut into words as the Finder does it. */
const matchesWords = `($1::text is null or to_tsvector('read.ims',
  read.split_words(u.display_name || ' ' || u.username || ' ' || u.email)) @@ to_tsquery('read.ims', $1))`;

/** Beginnings of words as input of `to_tsquery`: quoted letters, digits and marks alone. A text without any finds nobody. */
const wordsOf = (search: string): string | null => {
  if (search.trim() === '') return null;
  const words = search.normalize('NFC').match(/[\p{L}\p{N}][\p{L}\p{N}\p{M}]*/gu) ?? [];
  return words.map((word) => `'${[...word].slice(0, longestWord).join('')}':*`).join(' & ');
};

const longestWord = 100;

/** At most `limit` users by name, after the user with this name and id. */
export const readUsers = async (snapshot: Snapshot, { search, after, limit }: WantedUsers): Promise<User[]> => {
  const rows = await snapshot.rows<UserRow>({
    text: `${selectUsers(snapshot)}
           where ${matchesWords} and ($2::uuid is null or (u.display_name, u.user_id) > ($3, $2))
           order by u.display_name, u.user_id limit $4`,
    values: [wordsOf(search), after?.id ?? null, after?.displayName ?? '', limit],
  });
  return rows.map(toUser);
};

export const readUser = async (snapshot: Snapshot, id: string): Promise<User | undefined> => {
  const [row] = await snapshot.rows<UserRow>({ text: `${selectUsers(snapshot)} where u.user_id = $1`, values: [id] });
  return row && toUser(row);
};
