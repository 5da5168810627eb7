import { createHash, createHmac, hkdfSync, randomBytes, randomUUID } from 'node:crypto';
import { inTransaction } from '@ims/platform/database/transaction';
import type { MasterKey } from '@ims/platform/event-log/master-key';
import type pg from 'pg';

export type SignInMethod = 'password' | 'external';

/** A refresh token as its owner gets it; only its SHA-256 is stored. `endsInSeconds` is its own life. */
export type RefreshToken = { readonly text: string; readonly remember: boolean; readonly endsInSeconds: number };
export type Session = { readonly sessionId: string; readonly userId: string; readonly method: SignInMethod };
export type StartedSession = Session & { readonly refreshToken: RefreshToken };

/** `renewed`: `refreshToken` takes the place of the one that came. `just-renewed`: that one is in use already. */
export type Renewal =
  | (Session & { readonly outcome: 'renewed'; readonly refreshToken: RefreshToken })
  | (Session & { readonly outcome: 'just-renewed' })
  | { readonly outcome: 'refused' };

export type NewSession = {
  readonly userId: string;
  readonly method: SignInMethod;
  readonly remember: boolean;
  readonly browser: string;
  readonly system: string;
};

export type WhenReused = (userId: string, client: pg.PoolClient) => Promise<void>;

export type Sessions = {
  start(session: NewSession, client?: pg.PoolClient): Promise<StartedSession>;
  /** `whenReused` is called, in the transaction that ends the session, when a copy of the token is about. */
  renew(token: string, whenReused?: WhenReused): Promise<Renewal>;
  /** The session that the token belongs to; undefined for a token that was never given out. */
  find(token: string): Promise<string | undefined>;
  /** Ends the sessions that a browser had when somebody signed in there: by its token, by its id, or both. */
  endReplaced(
    replaced: { readonly token: string | undefined; readonly sessionId: string | null | undefined },
    client: pg.PoolClient,
  ): Promise<void>;
  /** Ends the session that the token belongs to; does nothing for a token that was never given out. */
  end(token: string): Promise<void>;
};

/** A used token that comes again within this time is a second tab or an answer that got lost, not a thief. */
const leewaySeconds = 10;
/** Life of a session whatever happens, with and without "remember me". */
const longestDays = { remembered: 30, otherwise: 7 };

export const createSessions = ({
  pool,
  masterKey,
}: {
  readonly pool: pg.Pool;
  readonly masterKey: MasterKey;
}): Sessions => {
  const key = Buffer.from(hkdfSync('sha256', masterKey.bytes, '', 'ims refresh tokens', 32));
  const childOf = (token: string): string => createHmac('sha256', key).update(token).digest('base64url');
  return {
    start: (session, client) => start(client ?? pool, session),
    renew: async (token, whenReused) => {
      const child = childOf(token);
      return (
        (await rotate(pool, token, child)) ??
        inTransaction(pool, (client) => settleUsedToken(client, { token, child, whenReused }))
      );
    },
    find: async (token) => {
      const { rows } = await pool.query<{ session_id: string }>(
        'select session_id from write_side.refresh_tokens where hash = $1',
        [hashOf(token)],
      );
      return rows[0]?.session_id;
    },
    endReplaced: (replaced, client) => endReplaced(client, replaced),
    end: async (token) => {
      await pool.query(
        `update write_side.sessions set revoked_at = now(), revoked_because = 'signed-out'
         where id = (select session_id from write_side.refresh_tokens where hash = $1) and revoked_at is null`,
        [hashOf(token)],
      );
    },
  };
};

const hashOf = (token: string): Buffer => createHash('sha256').update(token).digest();

const endReplaced = async (
  client: pg.PoolClient,
  { token, sessionId = null }: Parameters<Sessions['endReplaced']>[0],
): Promise<void> => {
  if (token === undefined && sessionId === null) return;
  await client.query(
    `update write_side.sessions set revoked_at = now(), revoked_because = 'signed-in-again'
     where revoked_at is null
       and (id = $1 or id = (select session_id from write_side.refresh_tokens where hash = $2))`,
    [sessionId, token === undefined ? null : hashOf(token)],
  );
};

const start = async (database: pg.Pool | pg.PoolClient, session: NewSession): Promise<StartedSession> => {
  const { userId, method, remember, browser, system } = session;
  const text = randomBytes(32).toString('base64url');
  const sessionId = randomUUID();
  await database.query('delete from write_side.sessions where user_id = $1 and expires_at < now()', [userId]);
  const days = remember ? longestDays.remembered : longestDays.otherwise;
  const { rows } = await database.query<{ ends_in: number }>(
    `with session as (
       insert into write_side.sessions (id, user_id, remember, expires_at, method, browser, system)
       values ($1, $2, $3, now() + make_interval(days => $4), $6, $7, $8)
       returning id, expires_at
     )
     insert into write_side.refresh_tokens (hash, session_id, expires_at)
     select $5, id, least(now() + interval '24 hours', expires_at) from session
     returning extract(epoch from expires_at - now())::int as ends_in`,
    [sessionId, userId, remember, days, hashOf(text), method, browser, system],
  );
  return { sessionId, userId, method, refreshToken: { text, remember, endsInSeconds: rows[0]?.ends_in ?? 0 } };
};

type RenewedRow = {
  session_id: string;
  user_id: string;
  method: SignInMethod;
  remember: boolean;
  ends_in: number | null;
};

const sessionOf = ({ session_id: sessionId, user_id: userId, method }: RenewedRow): Session => ({
  sessionId,
  userId,
  method,
});

/**
 * One statement: of many that come with the same token, one finds it unused. Both updates repeat their conditions, so
 * that a sign-out which commits while they wait for a row leaves no child behind.
 */
const rotate = async (pool: pg.Pool, token: string, child: string): Promise<Renewal | undefined> => {
  const { rows } = await pool.query<RenewedRow & { ends_in: number }>(
    `with used as (
       update write_side.refresh_tokens t set used_at = now()
       from write_side.sessions s
       where t.hash = $1 and t.used_at is null and t.expires_at > now()
         and s.id = t.session_id and s.revoked_at is null and s.expires_at > now()
       returning t.session_id
     ), live as (
       update write_side.sessions s set last_used_at = now()
       from used where s.id = used.session_id and s.revoked_at is null and s.expires_at > now()
       returning s.id, s.user_id, s.method, s.remember, s.expires_at
     ), child as (
       insert into write_side.refresh_tokens (hash, session_id, expires_at)
       select $2, id, least(now() + interval '24 hours', expires_at) from live
       returning session_id, expires_at
     )
     select live.id as session_id, live.user_id, live.method, live.remember,
            extract(epoch from child.expires_at - now())::int as ends_in
     from live join child on child.session_id = live.id`,
    [hashOf(token), hashOf(child)],
  );
  const [row] = rows;
  if (!row) return undefined;
  const refreshToken = { text: child, remember: row.remember, endsInSeconds: row.ends_in };
  return { outcome: 'renewed', ...sessionOf(row), refreshToken };
};

/**
 * A token that was used before. Within the leeway it gets its child once more, which follows from it: whoever lost the
 * answer has the one live token after all, and twenty tabs all have the same. Later a copy is about, and the whole
 * session ends, also when its child was never used: given that child, a thief and the owner would go on side by side,
 * each a step behind the other, and nothing would ever tell. One statement, so that two who come late do not pass each other.
 */
const settleUsedToken = async (
  client: pg.PoolClient,
  {
    token,
    child,
    whenReused,
  }: { readonly token: string; readonly child: string; readonly whenReused: WhenReused | undefined },
): Promise<Renewal> => {
  const { rows } = await client.query<RenewedRow & { is_recent: boolean; was_revoked: boolean }>(
    `with used as (
       select t.session_id, s.user_id, s.method, s.remember,
              t.used_at > now() - make_interval(secs => $3) as is_recent
       from write_side.refresh_tokens t
       join write_side.sessions s on s.id = t.session_id
       where t.hash = $1 and t.used_at is not null and s.revoked_at is null and s.expires_at > now()
     ), revoked as (
       update write_side.sessions s set revoked_at = now(), revoked_because = 'token-reused'
       from used where s.id = used.session_id and not used.is_recent and s.revoked_at is null
       returning s.id
     )
     select used.session_id, used.user_id, used.method, used.remember, used.is_recent,
            exists (select from revoked) as was_revoked,
            extract(epoch from c.expires_at - now())::int as ends_in
     from used
     left join write_side.refresh_tokens c
       on c.hash = $2 and c.session_id = used.session_id and c.used_at is null and c.expires_at > now()`,
    [hashOf(token), hashOf(child), leewaySeconds],
  );
  const [row] = rows;
  if (row?.was_revoked) await whenReused?.(row.user_id, client);
  if (!row?.is_recent) return { outcome: 'refused' };
  if (row.ends_in === null) return { outcome: 'just-renewed', ...sessionOf(row) };
  const refreshToken = { text: child, remember: row.remember, endsInSeconds: row.ends_in };
  return { outcome: 'renewed', ...sessionOf(row), refreshToken };
};
