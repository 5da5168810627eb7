import { createVersionedSelect } from '@ims/platform/identity/versioned-select';
import type pg from 'pg';

/** Whom a mail is for. */
export type Person = {
  readonly username: string;
  readonly email: string;
  readonly displayName: string;
  readonly timezone: string;
  /** May sign in: registered and not suspended. */
  readonly active: boolean;
};

/** undefined while the read tables do not know the user. */
export type People = { read(userId: string): Promise<Person | undefined> };

type Row = {
  user_id: string | null;
  username: string;
  email: string;
  display_name: string;
  timezone: string;
  may_sign_in: boolean;
};

const statement = (version: number): string => `
  select v.version, u.user_id, u.username, u.email, u.display_name, u.timezone,
         u.active and not u.invited as may_sign_in
  from (select coalesce((select a.version from read.active_versions a
                         where a.projection = 'users' and a.site_id = '00000000-0000-0000-0000-000000000000'),
                        1) as version) v
  left join read.users_v${version} u on u.user_id = $1`;

export const createPeople = (pool: pg.Pool): People => {
  const select = createVersionedSelect<Row>(pool, 'users', statement);
  return {
    read: async (userId) => {
      const [row] = await select([userId]);
      if (!row || row.user_id === null) return undefined;
      const { username, email, display_name: displayName, timezone, may_sign_in: active } = row;
      return { username, email, displayName, timezone, active };
    },
  };
};
