import { createVersionedSelect } from '@ims/platform/identity/versioned-select';
import type pg from 'pg';

/** The sites on which somebody has a role, resting ones among them; by the read tables. */
export type SitesOfInvited = (userId: string) => Promise<readonly string[]>;

const statement = (version: number): string => `
  select v.version, m.site_id
  from (select coalesce((select a.version from read.active_versions a
                         where a.projection = 'access' and a.site_id = '00000000-0000-0000-0000-000000000000'),
                        1) as version) v
  left join read.site_members_v${version} m on m.user_id = $1
  order by m.site_id`;

export const createSitesOfInvited = (pool: pg.Pool): SitesOfInvited => {
  const select = createVersionedSelect<{ readonly site_id: string | null }>(pool, 'access', statement);
  return async (userId) => (await select([userId])).flatMap(({ site_id: id }) => (id === null ? [] : [id]));
};
