import { createHash, randomBytes } from 'node:crypto';
import type pg from 'pg';

export type LinkKind = 'password-reset' | 'invitation';
export type OneTimeLink = { readonly userId: string; readonly expiresAt: Date };

/** Links that are mailed and open one thing once; only the SHA-256 of their token is stored. */
export type OneTimeLinks = {
  /** A new token (43 characters of base64url) that holds for `lifeSeconds`; earlier ones of the kind end. */
  create(link: { kind: LinkKind; userId: string; lifeSeconds: number }, client?: pg.PoolClient): Promise<string>;
  /** What an unused token opens, without using it. */
  find(kind: LinkKind, token: string): Promise<OneTimeLink | undefined>;
  /** Uses the token up: of many that come with it, one gets an answer. Give the client of the change it opens. */
  use(kind: LinkKind, token: string, client?: pg.PoolClient): Promise<OneTimeLink | undefined>;
};

const hashOf = (token: string): Buffer => createHash('sha256').update(token).digest();

export const createOneTimeLinks = (pool: pg.Pool): OneTimeLinks => ({
  create: async ({ kind, userId, lifeSeconds }, client) => {
    const token = randomBytes(32).toString('base64url');
    await (client ?? pool).query(
      `with earlier as (
         update write_side.one_time_links set used_at = now()
         where user_id = $3 and kind = $2 and used_at is null
       )
       insert into write_side.one_time_links (hash, kind, user_id, expires_at)
       values ($1, $2, $3, now() + make_interval(secs => $4))`,
      [hashOf(token), kind, userId, lifeSeconds],
    );
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
  use: async (kind, token, client) => {
    const { rows } = await (client ?? pool).query<{ user_id: string; expires_at: Date }>(
      `update write_side.one_time_links set used_at = now()
       where hash = $1 and kind = $2 and used_at is null and expires_at > now()
       returning user_id, expires_at`,
      [hashOf(token), kind],
    );
    return linkOf(rows[0]);
  },
});

const linkOf = (row: { user_id: string; expires_at: Date } | undefined): OneTimeLink | undefined =>
  row && { userId: row.user_id, expiresAt: row.expires_at };
