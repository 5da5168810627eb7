import type { SignedInUser, SiteMembership } from '@ims/contracts/auth/api';
import type { SiteRole, SystemRole } from '@ims/contracts/permissions';
import { createVersionedSelect } from '@ims/platform/identity/versioned-select';
import type pg from 'pg';

export type SignedInUsers = {
  /** The person as the web app shows them; undefined while the read tables do not know them yet. */
  read(userId: string): Promise<SignedInUser | undefined>;
  /** The active sites that the user may enter, by name. A system auditor enters every site, as its auditor. */
  sites(userId: string): Promise<readonly SiteMembership[]>;
};

type UserRow = {
  user_id: string | null;
  username: string;
  email: string;
  display_name: string;
  timezone: string;
  default_site_id: string | null;
};
type SiteRow = { system_roles: SystemRole[] | null; site_id: string | null; name: string; role: SiteRole };

const activeVersion = (projection: string): string => `
  (select coalesce((select a.version from read.active_versions a
                    where a.projection = '${projection}' and a.site_id = '00000000-0000-0000-0000-000000000000'),
                   1) as version) v`;

const userStatement = (version: number): string => `
  select v.version, u.user_id, u.username, u.email, u.display_name, u.timezone, u.default_site_id
  from ${activeVersion('users')}
  left join read.users_v${version} u on u.user_id = $1`;

const sitesStatement = (version: number): string => `
  select v.version, u.system_roles, s.site_id, s.name, coalesce(m.role, 'auditor') as role
  from ${activeVersion('access')}
  left join read.access_users_v${version} u on u.user_id = $1
  left join read.sites_v${version} s on s.active and (
    'auditor' = any (u.system_roles)
    or s.site_id in (select site_id from read.site_members_v${version} where user_id = $1))
  left join read.site_members_v${version} m on m.site_id = s.site_id and m.user_id = $1
  order by s.name, s.site_id`;

export const createSignedInUsers = (pool: pg.Pool, { demo }: { readonly demo: boolean }): SignedInUsers => {
  const selectUser = createVersionedSelect<UserRow>(pool, 'users', userStatement);
  const selectSites = createVersionedSelect<SiteRow>(pool, 'access', sitesStatement);
  return {
    read: async (userId) => {
      const [[user], rows] = await Promise.all([selectUser([userId]), selectSites([userId])]);
      if (!user || user.user_id === null) return undefined;
      const sites = toSites(rows);
      return {
        id: user.user_id,
        username: user.username,
        email: user.email,
        displayName: user.display_name,
        timezone: user.timezone,
        systemRoles: rows[0]?.system_roles ?? [],
        defaultSiteId: sites.some(({ id }) => id === user.default_site_id) ? user.default_site_id : null,
        sites,
        demo,
      };
    },
    sites: async (userId) => toSites(await selectSites([userId])),
  };
};

const toSites = (rows: readonly SiteRow[]): SiteMembership[] =>
  rows.flatMap(({ site_id: id, name, role }) => (id === null ? [] : [{ id, name, role }]));
