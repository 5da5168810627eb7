import type { SiteRole, SystemRole } from '@ims/contracts/permissions';
import { SiteSettings } from '@ims/contracts/sites/settings';
import { LRUCache } from 'lru-cache';
import type pg from 'pg';
import { createVersionedSelect } from './versioned-select.ts';

/** What a user may be told about a site; `role` is the user's own there. */
export type SiteAccess = {
  readonly id: string;
  readonly name: string;
  readonly active: boolean;
  readonly settings: SiteSettings;
  readonly interactionTypes: readonly string[];
  readonly role: SiteRole | undefined;
};

/** Roles of one user now; `site` is undefined when no site was asked for or there is none with that id. */
export type Access = {
  readonly active: boolean;
  readonly systemRoles: readonly SystemRole[];
  readonly site: SiteAccess | undefined;
};

/** Reads who may do what from the `access` projection. An unknown user is not active. Ids are UUIDs. */
export type AccessReader = { read(userId: string, siteId: string | undefined): Promise<Access> };

export type CachedAccessReader = AccessReader & {
  /** Drops what is remembered; called when the `access` projection has changed. */
  forget(): void;
};

type Row = {
  active: boolean | null;
  system_roles: SystemRole[] | null;
  site_id: string | null;
  name: string;
  site_active: boolean;
  settings: unknown;
  interaction_types: string[];
  role: SiteRole | null;
};

const statement = (version: number): string => `
  select v.version, u.active, u.system_roles, s.site_id, s.name, s.active as site_active, s.settings,
         s.interaction_types, m.role
  from (select coalesce((select a.version from read.active_versions a
                         where a.projection = 'access' and a.site_id = '00000000-0000-0000-0000-000000000000'),
                        1) as version) v
  left join read.access_users_v${version} u on u.user_id = $1
  left join read.sites_v${version} s on s.site_id = $2
  left join read.site_members_v${version} m on m.site_id = s.site_id and m.user_id = $1`;

/** Reads from the database at every call, in one statement: for commands, which must see a role's end at once. */
export const createAccessReader = (pool: pg.Pool): AccessReader => {
  const select = createVersionedSelect<Row>(pool, 'access', statement);
  return {
    read: async (userId, siteId) => {
      const [row] = await select([userId, siteId ?? null]);
      return {
        active: row?.active ?? false,
        systemRoles: row?.system_roles ?? [],
        site: row?.site_id ? toSite(row, row.site_id) : undefined,
      };
    },
  };
};

const toSite = (row: Row, id: string): SiteAccess => ({
  id,
  name: row.name,
  active: row.site_active,
  settings: SiteSettings.parse(row.settings),
  interactionTypes: row.interaction_types,
  role: row.role ?? undefined,
});

/** Remembers answers for `ttlMs` (and at most 10,000 of them): for queries, where a role may outlive its end that long. */
export const cachedAccessReader = (reader: AccessReader, { ttlMs }: { readonly ttlMs: number }): CachedAccessReader => {
  const remembered = new LRUCache<string, Promise<Access>>({ max: 10_000, ttl: ttlMs });
  const read: AccessReader['read'] = (userId, siteId) => {
    const key = siteId === undefined ? userId : `${userId} ${siteId}`;
    const known = remembered.get(key);
    if (known) return known;
    const reading = reader.read(userId, siteId);
    remembered.set(key, reading);
    reading.catch(() => {
      if (remembered.peek(key) === reading) remembered.delete(key);
    });
    return reading;
  };
  return { read, forget: () => remembered.clear() };
};
