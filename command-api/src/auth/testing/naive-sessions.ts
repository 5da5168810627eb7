import { createHash, randomBytes } from 'node:crypto';
import type pg from 'pg';
import type { Sessions } from '../sessions.ts';

const hashOf = (token: string): Buffer => createHash('sha256').update(token).digest();

/** How not to renew: look first, then write. A test that does not catch this one catches nothing. */
export const createNaiveRenewal =
  (pool: pg.Pool): Sessions['renew'] =>
  async (token) => {
    const { rows } = await pool.query<{ session_id: string; user_id: string }>(
      `select t.session_id, s.user_id from write_side.refresh_tokens t
       join write_side.sessions s on s.id = t.session_id
       where t.hash = $1 and t.used_at is null and s.revoked_at is null`,
      [hashOf(token)],
    );
    const [row] = rows;
    if (!row) return { outcome: 'refused' };
    const text = randomBytes(32).toString('base64url');
    await pool.query('update write_side.refresh_tokens set used_at = now() where hash = $1', [hashOf(token)]);
    await pool.query(
      `insert into write_side.refresh_tokens (hash, session_id, expires_at) values ($1, $2, now() + interval '1 day')`,
      [hashOf(text), row.session_id],
    );
    return {
      outcome: 'renewed',
      sessionId: row.session_id,
      userId: row.user_id,
      method: 'password',
      refreshToken: { text, remember: true, endsInSeconds: 86_400 },
    };
  };
