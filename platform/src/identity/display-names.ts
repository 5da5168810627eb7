import { LRUCache } from 'lru-cache';
import type pg from 'pg';
import { createVersionedSelect } from './versioned-select.ts';

/** Names of people by user id; a user without a name (unknown, erased) is missing from the answer. */
export type DisplayNames = {
  read(userIds: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** Drops what is remembered; called when the `users` projection has changed. */
  forget(): void;
};

/** In the place of a name that is not known. */
export const unknownPerson = 'Unknown person';

const statement = (version: number): string => `
  select v.version, u.user_id, u.display_name
  from (select coalesce((select a.version from read.active_versions a
                         where a.projection = 'users' and a.site_id = '00000000-0000-0000-0000-000000000000'),
                        1) as version) v
  left join read.users_v${version} u on u.user_id = any ($1::uuid[])`;

type Row = { readonly user_id: string | null; readonly display_name: string };

/** Reads names apart from rows, so that a rename does not expire every page; remembered for `ttlMs`. */
export const createDisplayNames = (pool: pg.Pool, { ttlMs }: { readonly ttlMs: number }): DisplayNames => {
  const select = createVersionedSelect<Row>(pool, 'users', statement);
  const remembered = new LRUCache<string, string>({ max: 10_000, ttl: ttlMs });
  const fetchMissing = async (missing: readonly string[]): Promise<void> => {
    for (const { user_id: id, display_name: name } of await select([missing])) {
      if (id !== null) remembered.set(id, name);
    }
  };
  return {
    read: async (userIds) => {
      const missing = userIds.filter((id) => !remembered.has(id));
      if (missing.length > 0) await fetchMissing([...new Set(missing)]);
      return new Map(
        userIds.flatMap((id): [string, string][] => {
          const name = remembered.get(id);
          return name === undefined ? [] : [[id, name]];
        }),
      );
    },
    forget: () => remembered.clear(),
  };
};
