import { createHash, randomBytes } from 'node:crypto';
import { inTransaction } from '@ims/platform/database/transaction';
import type pg from 'pg';

export type LinkKind = 'password-reset' | 'invitation';
export type OneTimeLink = { readonly userId: string; readonly expiresAt: Date };

/** Links that are mailed and open one thing once; only the SHA-256 of their token is stored. */
export type OneTimeLinks = {
  /** A new token (43 characters of base64url) that holds for `lifeSeconds`; earlier ones of the kind end. */
  create(link: { kind: LinkKind; userId: string; lifeSeconds: number }, client?: pg.PoolClient): Promise<string>;
  /** What an unused token opens, without using it. */
  find(kind: LinkKind, token: string): Promise<OneTimeLink | undefined>;
  /** Uses the token up, and the user's other links of the kind: of many that come at once, one gets an answer. Give the client of the change it opens. */
  use(kind: LinkKind, token: string, client?: pg.PoolClient): Promise<OneTimeLink | undefined>;
  /** Ends the user’s open links of the kind. */
  end(kind: LinkKind, userId: string, client?: pg.PoolClient): Promise<void>;
};

const hashOf = (token: string): Buffer => createHash('sha256').update(token).digest();

export const createOneTimeLinks = (pool: pg.Pool): OneTimeLinks => ({
  create: async ({ kind, userId, lifeSeconds }, client) => {
    const token = randomBytes(32).toString('base64url');
    await inTransactionOf(pool, client, async (own) => {
      await endOpenLinks(own, kind, userId);
      await own.query(
        `insert into write_side.one_time_links (hash, kind, user_id, expires_at)
         values ($1, $2, $3, now() + make_interval(secs => $4))`,
        [hashOf(token), kind, userId, lifeSeconds],
      );
    });
    return token;
  },
  find: async (kind, token) => {
    const { rows } = await pool.query<{ user_id: string; expires_at: Date }>(
      `select user_id, expires_at from write_side.one_time_links
       where hash = $1 and kind = $2 and used_at is null and expires_at > now()`,
      [hashOf(token), kind],
    );
    return linkOf(rows[0]);
  },
  use: (kind, token, client) => inTransactionOf(pool, client, (own) => use(own, kind, token)),
  end: (kind, userId, client) => inTransactionOf(pool, client, (own) => endOpenLinks(own, kind, userId)),
});

const inTransactionOf = <Result>(
  pool: pg.Pool,
  client: pg.PoolClient | undefined,
  work: (client: pg.PoolClient) => Promise<Result>,
): Promise<Result> => (client ? work(client) : inTransaction(pool, work));

/**
 * Until the transaction ends nobody else makes, uses or ends links of the user. Take it before rows of links and of
 * credentials, as all do.
 */
export const holdLinks = async (client: pg.PoolClient, kind: LinkKind, userId: string): Promise<void> => {
  await client.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`${kind} link ${userId}`]);
};

const endOpenLinks = async (client: pg.PoolClient, kind: LinkKind, userId: string): Promise<void> => {
  await holdLinks(client, kind, userId);
  await client.query(
    'update write_side.one_time_links set used_at = now() where user_id = $1 and kind = $2 and used_at is null',
    [userId, kind],
  );
};

const use = async (client: pg.PoolClient, kind: LinkKind, token: string): Promise<OneTimeLink | undefined> => {
  const [hash, alive] = [hashOf(token), 'hash = $1 and kind = $2 and used_at is null and expires_at > now()'];
  const { rows: owners } = await client.query<{ user_id: string }>(
    `select user_id from write_side.one_time_links where ${alive}`,
    [hash, kind],
  );
  if (!owners[0]) return undefined;
  await holdLinks(client, kind, owners[0].user_id);
  const { rows } = await client.query<{ user_id: string; expires_at: Date }>(
    `update write_side.one_time_links set used_at = now() where ${alive} returning user_id, expires_at`,
    [hash, kind],
  );
  if (rows[0]) await endOpenLinks(client, kind, rows[0].user_id);
  return linkOf(rows[0]);
};

const linkOf = (row: { user_id: string; expires_at: Date } | undefined): OneTimeLink | undefined =>
  row && { userId: row.user_id, expiresAt: row.expires_at };
