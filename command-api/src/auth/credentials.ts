import { unstorableText } from '@ims/contracts/text';
import type pg from 'pg';
import { nameKey } from '../command-handling/reservations.ts';
import type { PasswordHashing } from './password-hashing.ts';

/** What a sign-in finds under a name. */
export type FoundCredentials = { readonly userId: string; readonly passwordHash: string };

export type Credentials = {
  /** Stores a first password; one that is there already stays. */
  create(userId: string, password: string): Promise<void>;
  /** Stores a password in place of the one that is there. */
  set(userId: string, password: string): Promise<void>;
  /** By username or e-mail, in any case and form of Unicode; undefined when nobody can sign in by it. */
  find(name: string): Promise<FoundCredentials | undefined>;
};

export const createCredentials = (pool: pg.Pool, hashing: PasswordHashing): Credentials => ({
  create: async (userId, password) => {
    await pool.query(
      'insert into write_side.credentials (user_id, password_hash) values ($1, $2) on conflict (user_id) do nothing',
      [userId, await hashing.hash(password)],
    );
  },
  set: async (userId, password) => {
    await pool.query(
      `insert into write_side.credentials (user_id, password_hash) values ($1, $2)
       on conflict (user_id) do update set password_hash = excluded.password_hash, changed_at = now(), must_change = false`,
      [userId, await hashing.hash(password)],
    );
  },
  find: async (name) => {
    const key = unstorableText(name) ? '' : nameKey(name);
    const { rows } = await pool.query<{ user_id: string; password_hash: string }>(
      `select c.user_id, c.password_hash
       from write_side.reservations r
       join write_side.credentials c on c.user_id = right(r.stream, 36)::uuid
       where r.kind in ('username', 'email') and r.key = $1
       limit 1`,
      [key],
    );
    const [row] = rows;
    return row && { userId: row.user_id, passwordHash: row.password_hash };
  },
});
