import { LRUCache } from 'lru-cache';
import type pg from 'pg';

/** Tells whether a sign-in still holds: not signed out, not revoked, not past its end. */
export type LiveSessions = { isLive(sessionId: string): boolean | Promise<boolean> };

/** Asks the database at every call: for commands, where signing out must end everything at once. */
export const createLiveSessions = (pool: pg.Pool): LiveSessions => ({
  isLive: async (sessionId) => {
    const { rows } = await pool.query<{ live: boolean }>({
      name: 'session_is_live',
      text: `select true as live from write_side.sessions
             where id = $1 and revoked_at is null and expires_at > now()`,
      values: [sessionId],
    });
    return rows[0]?.live ?? false;
  },
});

/** Remembers answers for `ttlMs` (and at most 10,000): for queries, where a sign-in may outlive its end that long. */
export const cachedLiveSessions = (sessions: LiveSessions, { ttlMs }: { readonly ttlMs: number }): LiveSessions => {
  const remembered = new LRUCache<string, { readonly live: boolean }>({ max: 10_000, ttl: ttlMs });
  const ask = async (sessionId: string): Promise<boolean> => {
    const live = await sessions.isLive(sessionId);
    remembered.set(sessionId, { live });
    return live;
  };
  return { isLive: (sessionId) => remembered.get(sessionId)?.live ?? ask(sessionId) };
};
