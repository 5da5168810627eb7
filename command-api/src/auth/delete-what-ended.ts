import type pg from 'pg';
import type { Round } from '../background-work.ts';

/**
 * What nobody needs any more, with a day in hand: links count for the hour after they were mailed, and tokens of a
 * session that was revoked are recognized until its end. Refresh tokens go with their session.
 */
const statements = [
  `delete from write_side.one_time_links where hash in (
     select hash from write_side.one_time_links
     where least(used_at, expires_at) < now() - interval '1 day' limit $1 for update skip locked)`,
  `delete from write_side.sessions where id in (
     select id from write_side.sessions
     where expires_at < now() - interval '1 day' limit $1 for update skip locked)`,
  `delete from write_side.sign_in_guards where (user_id, device) in (
     select user_id, device from write_side.sign_in_guards
     where greatest(last_failure_at, locked_until) < now() - interval '30 days' limit $1 for update skip locked)`,
];

/** Deletes old links, sessions and counts of wrong passwords, `most` of each at a time; many processes may do so at once. */
export const createDeletion = (
  pool: pg.Pool,
  { most = 1_000 }: { readonly most?: number } = {},
): { round(): Promise<Round> } => ({
  round: async () => {
    let found: Round = 'idle';
    for (const statement of statements) {
      const { rowCount } = await pool.query(statement, [most]);
      if (rowCount === most) found = 'more';
    }
    return found;
  },
});
