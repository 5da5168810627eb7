import { LRUCache } from 'lru-cache';
import type pg from 'pg';

/** Which local user a person of an external issuer is; undefined for one who is linked to nobody. */
export type ExternalIdentities = { userOf(issuer: string, subject: string): Promise<string | undefined> };

/** Asks the database at every call: for commands. `issuer` is the issuer's address. */
export const createExternalIdentities = (pool: pg.Pool): ExternalIdentities => ({
  userOf: async (issuer, subject) => {
    const { rows } = await pool.query<{ user_id: string }>({
      name: 'external_identity_user',
      text: 'select user_id from write_side.external_identities where issuer = $1 and subject = $2',
      values: [issuer, subject],
    });
    return rows[0]?.user_id;
  },
});

/** Remembers answers for `ttlMs` (and at most 10,000): for queries, where a link may outlive its end that long. */
export const cachedExternalIdentities = (
  identities: ExternalIdentities,
  { ttlMs }: { readonly ttlMs: number },
): ExternalIdentities => {
  const remembered = new LRUCache<string, { readonly userId: string | undefined }>({ max: 10_000, ttl: ttlMs });
  return {
    userOf: async (issuer, subject) => {
      const name = JSON.stringify([issuer, subject]);
      const known = remembered.get(name);
      if (known) return known.userId;
      const userId = await identities.userOf(issuer, subject);
      remembered.set(name, { userId });
      return userId;
    },
  };
};
