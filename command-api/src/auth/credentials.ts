import { unstorableText } from '@ims/contracts/text';
import type pg from 'pg';
import { nameKey } from '../command-handling/reservations.ts';
import type { PasswordHashing } from './password-hashing.ts';

/** What a sign-in finds under a name. */
export type FoundCredentials = { readonly userId: string; readonly passwordHash: string };

export type Credentials = {
  /** Stores a first password; one that is there already stays. */
  create(userId: string, password: string, options?: { readonly mustChange?: boolean }): Promise<void>;
  /** By username or e-mail, in any case and form of Unicode; undefined when nobody can sign in by it. */
  find(name: string): Promise<FoundCredentials | undefined>;
  ofUser(userId: string): Promise<FoundCredentials | undefined>;
  /** True when the password is the user's own or one of the `count` last ones, this one included. */
  wasUsed(userId: string, password: string, count: number): Promise<boolean>;
  /** Must be changed before anything else: a first one that others know, or one older than `days`. */
  isExpired(userId: string, days: number | null): Promise<boolean>;
  /** Stores the password by the parameters of today, unless it was changed meanwhile. */
  hashAnew(found: FoundCredentials, password: string): Promise<void>;
};

export const createCredentials = (pool: pg.Pool, hashing: PasswordHashing): Credentials => ({
  create: async (userId, password, { mustChange = false } = {}) => {
    await pool.query(
      `insert into write_side.credentials (user_id, password_hash, must_change) values ($1, $2, $3)
       on conflict (user_id) do nothing`,
      [userId, await hashing.hash(password), mustChange],
    );
  },
  find: (name) => findByName(pool, name),
  ofUser: async (userId) => {
    const { rows } = await pool.query<Row>(
      'select user_id, password_hash from write_side.credentials where user_id = $1',
      [userId],
    );
    return foundIn(rows);
  },
  wasUsed: async (userId, password, count) => {
    for (const hash of await latestHashes(pool, userId, count)) {
      if (await hashing.verify(hash, password)) return true;
    }
    return false;
  },
  isExpired: async (userId, days) => {
    const { rows } = await pool.query<{ expired: boolean }>(
      `select must_change or coalesce(changed_at < now() - make_interval(days => $2), false) as expired
       from write_side.credentials where user_id = $1`,
      [userId, days],
    );
    return rows[0]?.expired ?? false;
  },
  hashAnew: async ({ userId, passwordHash }, password) => {
    await pool.query('update write_side.credentials set password_hash = $3 where user_id = $1 and password_hash = $2', [
      userId,
      passwordHash,
      await hashing.hash(password),
    ]);
  },
});

type Row = { readonly user_id: string; readonly password_hash: string };

const foundIn = ([row]: readonly Row[]): FoundCredentials | undefined =>
  row && { userId: row.user_id, passwordHash: row.password_hash };

const findByName = async (pool: pg.Pool, name: string): Promise<FoundCredentials | undefined> => {
  const key = unstorableText(name) ? '' : nameKey(name);
  const { rows } = await pool.query<Row>(
    `select c.user_id, c.password_hash
     from write_side.reservations r
     join write_side.credentials c on c.user_id = right(r.stream, 36)::uuid
     where r.kind in ('username', 'email') and r.key = $1
     limit 1`,
    [key],
  );
  return foundIn(rows);
};

const latestHashes = async (pool: pg.Pool, userId: string, count: number): Promise<readonly string[]> => {
  const { rows } = await pool.query<{ password_hash: string }>(
    `select password_hash from (
       select password_hash, 'infinity'::timestamptz as until from write_side.credentials where user_id = $1
       union all
       select password_hash, replaced_at from write_side.password_history where user_id = $1
     ) used order by until desc limit $2`,
    [userId, count],
  );
  return rows.map(({ password_hash: hash }) => hash);
};

/** Whether the password is still the one that was found; it cannot change before the transaction ends. */
export const holdPassword = async (client: pg.PoolClient, found: FoundCredentials): Promise<boolean> => {
  const { rowCount } = await client.query(
    'select from write_side.credentials where user_id = $1 and password_hash = $2 for update',
    [found.userId, found.passwordHash],
  );
  return rowCount === 1;
};

/** Puts a password in the place of the one that is there, which is remembered among the `remembered` last. */
export const replacePassword = async (
  client: pg.PoolClient,
  { userId, passwordHash, remembered }: FoundCredentials & { readonly remembered: number },
): Promise<void> => {
  await client.query(
    `insert into write_side.password_history (user_id, password_hash, replaced_at)
     select user_id, password_hash, clock_timestamp() from write_side.credentials where user_id = $1 for update`,
    [userId],
  );
  await client.query(
    `insert into write_side.credentials (user_id, password_hash) values ($1, $2)
     on conflict (user_id) do update
     set password_hash = excluded.password_hash, changed_at = now(), must_change = false`,
    [userId, passwordHash],
  );
  await client.query(
    `delete from write_side.password_history h where h.user_id = $1 and h.replaced_at < (
       select min(replaced_at) from (
         select replaced_at from write_side.password_history where user_id = $1 order by replaced_at desc limit $2
       ) latest)`,
    [userId, Math.max(1, remembered)],
  );
};
