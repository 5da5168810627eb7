import type { OwnSession } from '@ims/contracts/auth/sessions';
import type pg from 'pg';

type Row = {
  readonly id: string;
  readonly created_at: Date;
  readonly last_used_at: Date;
  readonly expires_at: Date;
  readonly remember: boolean;
  readonly browser: string;
  readonly system: string;
};

/** Where the user is signed in, the last used first. */
export const readOwnSessions = async (
  pool: pg.Pool,
  { userId, sessionId }: { readonly userId: string; readonly sessionId: string | undefined },
): Promise<OwnSession[]> => {
  const { rows } = await pool.query<Row>(
    `select id, created_at, last_used_at, expires_at, remember, browser, system from write_side.sessions
     where user_id = $1 and revoked_at is null and expires_at > now()
     order by last_used_at desc, id limit 100`,
    [userId],
  );
  return rows.map(({ id, created_at, last_used_at, expires_at, remember, browser, system }) => ({
    id,
    current: id === sessionId,
    createdAt: created_at.toISOString(),
    lastUsedAt: last_used_at.toISOString(),
    expiresAt: expires_at.toISOString(),
    remembered: remember,
    browser,
    system,
  }));
};

/** Ends one of the user's own sessions; false when it is none of them or has ended. */
export const endOwnSession = async (
  database: pg.Pool | pg.PoolClient,
  { userId, sessionId }: { readonly userId: string; readonly sessionId: string },
): Promise<boolean> => {
  const { rowCount } = await database.query(
    `update write_side.sessions set revoked_at = now(), revoked_because = 'signed-out'
     where id = $1 and user_id = $2 and revoked_at is null and expires_at > now()`,
    [sessionId, userId],
  );
  return rowCount === 1;
};
