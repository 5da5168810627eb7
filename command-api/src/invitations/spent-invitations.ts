import { createHash } from 'node:crypto';
import type pg from 'pg';

/** Whom a link of an invitation was for that was used or has ended; knowing its token proves that it was mailed to them. */
export type SpentInvitations = (token: string) => Promise<string | undefined>;

export const createSpentInvitations =
  (pool: pg.Pool): SpentInvitations =>
  async (token) => {
    const { rows } = await pool.query<{ user_id: string }>(
      `select user_id from write_side.one_time_links
       where hash = $1 and kind = 'invitation' and used_at is not null`,
      [createHash('sha256').update(token).digest()],
    );
    return rows[0]?.user_id;
  };
