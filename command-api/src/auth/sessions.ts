import { createHash, randomBytes, randomUUID } from 'node:crypto';
import type pg from 'pg';

/** A refresh token as its owner gets it; only its SHA-256 is stored. `endsInSeconds` is its own life. */
export type RefreshToken = { readonly text: string; readonly remember: boolean; readonly endsInSeconds: number };
export type Session = { readonly sessionId: string; readonly userId: string };

/** `rotated`: the old token is used up and `refreshToken` takes its place. `just-rotated`: another tab was faster. */
export type Renewal =
  | (Session & { readonly outcome: 'rotated'; readonly refreshToken: RefreshToken })
  | (Session & { readonly outcome: 'just-rotated' })
  | { readonly outcome: 'refused' };

export type Sessions = {
  start(userId: string, remember: boolean): Promise<Session & { readonly refreshToken: RefreshToken }>;
  renew(token: string): Promise<Renewal>;
  /** Ends the session that the token belongs to; does nothing for a token that was never given out. */
  end(token: string): Promise<void>;
};

/** A used token that comes again within this time is a second tab, not a thief. */
const leewaySeconds = 10;
/** Life of a session whatever happens, with and without "remember me". */
const longestDays = { remembered: 30, otherwise: 7 };

export const createSessions = (pool: pg.Pool): Sessions => ({
  start: async (userId, remember) => {
    const text = newToken();
    const sessionId = randomUUID();
    await pool.query('delete from write_side.sessions where user_id = $1 and expires_at < now()', [userId]);
    const days = remember ? longestDays.remembered : longestDays.otherwise;
    const { rows } = await pool.query<{ ends_in: number }>(
      `with session as (
         insert into write_side.sessions (id, user_id, remember, expires_at)
         values ($1, $2, $3, now() + make_interval(days => $4))
         returning id, expires_at
       )
       insert into write_side.refresh_tokens (hash, session_id, expires_at)
       select $5, id, least(now() + interval '24 hours', expires_at) from session
       returning extract(epoch from expires_at - now())::int as ends_in`,
      [sessionId, userId, remember, days, hashOf(text)],
    );
    return { sessionId, userId, refreshToken: { text, remember, endsInSeconds: rows[0]?.ends_in ?? 0 } };
  },
  renew: async (token) => (await rotate(pool, token)) ?? settleUsedToken(pool, token),
  end: async (token) => {
    await pool.query(
      `update write_side.sessions set revoked_at = now(), revoked_because = 'signed-out'
       where id = (select session_id from write_side.refresh_tokens where hash = $1) and revoked_at is null`,
      [hashOf(token)],
    );
  },
});

const newToken = (): string => randomBytes(32).toString('base64url');
const hashOf = (token: string): Buffer => createHash('sha256').update(token).digest();

type RotatedRow = { session_id: string; user_id: string; remember: boolean; ends_in: number };

/**
 * One statement: of many that come with the same token, one finds it unused. Both updates repeat their conditions, so
 * that a sign-out which commits while they wait for a row leaves no child behind.
 */
const rotate = async (pool: pg.Pool, token: string): Promise<Renewal | undefined> => {
  const text = newToken();
  const { rows } = await pool.query<RotatedRow>(
    `with used as (
       update write_side.refresh_tokens t set used_at = now()
       from write_side.sessions s
       where t.hash = $1 and t.used_at is null and t.expires_at > now()
         and s.id = t.session_id and s.revoked_at is null and s.expires_at > now()
       returning t.session_id
     ), live as (
       update write_side.sessions s set last_used_at = now()
       from used where s.id = used.session_id and s.revoked_at is null and s.expires_at > now()
       returning s.id, s.user_id, s.remember, s.expires_at
     ), child as (
       insert into write_side.refresh_tokens (hash, session_id, expires_at)
       select $2, id, least(now() + interval '24 hours', expires_at) from live
       returning session_id, expires_at
     )
     select live.id as session_id, live.user_id, live.remember,
            extract(epoch from child.expires_at - now())::int as ends_in
     from live join child on child.session_id = live.id`,
    [hashOf(token), hashOf(text)],
  );
  const [row] = rows;
  if (!row) return undefined;
  const refreshToken = { text, remember: row.remember, endsInSeconds: row.ends_in };
  return { outcome: 'rotated', sessionId: row.session_id, userId: row.user_id, refreshToken };
};

type UsedRow = { session_id: string; user_id: string; is_recent: boolean };

/** A token that was used before: a second tab within the leeway; later a copy is about, and the whole session ends. */
const settleUsedToken = async (pool: pg.Pool, token: string): Promise<Renewal> => {
  const { rows } = await pool.query<UsedRow>(
    `select t.session_id, s.user_id, t.used_at > now() - make_interval(secs => $2) as is_recent
     from write_side.refresh_tokens t
     join write_side.sessions s on s.id = t.session_id
     where t.hash = $1 and t.used_at is not null and s.revoked_at is null and s.expires_at > now()`,
    [hashOf(token), leewaySeconds],
  );
  const [row] = rows;
  if (!row) return { outcome: 'refused' };
  if (row.is_recent) return { outcome: 'just-rotated', sessionId: row.session_id, userId: row.user_id };
  await pool.query(
    `update write_side.sessions set revoked_at = now(), revoked_because = 'token-reused'
     where id = $1 and revoked_at is null`,
    [row.session_id],
  );
  return { outcome: 'refused' };
};
