import type { SiteRole } from '@ims/contracts/permissions';
import type { Site } from '@ims/contracts/sites/api';
import { SiteSettings } from '@ims/contracts/sites/settings';
import { tableOf } from '../read-state.ts';
import type { Snapshot } from '../snapshot.ts';

type SiteRow = {
  site_id: string;
  name: string;
  description: string;
  active: boolean;
  settings: unknown;
  interaction_types: string[];
  retired_types: string[];
  role: SiteRole | null;
};

export type Wanted = {
  readonly userId: string;
  /** One site; all that the user may see without it. */
  readonly siteId: string | undefined;
  /** True for those who see sites without a role there. */
  readonly seesEverySite: boolean;
};

const toSite = (row: SiteRow): Site => ({
  id: row.site_id,
  name: row.name,
  description: row.description,
  active: row.active,
  settings: SiteSettings.parse(row.settings),
  interactionTypes: row.interaction_types,
  retiredTypes: row.retired_types,
  role: row.role,
});

/** The sites a user may see, by name; the roles are the user's own. */
export const readSites = async (snapshot: Snapshot, { userId, siteId, seesEverySite }: Wanted): Promise<Site[]> => {
  const rows = await snapshot.rows<SiteRow>({
    text: `select s.site_id, s.name, s.description, s.active, s.settings, s.interaction_types, s.retired_types, m.role
           from ${tableOf(snapshot.versions, 'access', 'sites')} s
           left join ${tableOf(snapshot.versions, 'access', 'site_members')} m
             on m.site_id = s.site_id and m.user_id = $1
           where ($2::uuid is null or s.site_id = $2) and ($3 or (m.role is not null and s.active))
           order by s.name, s.site_id`,
    values: [userId, siteId ?? null, seesEverySite],
  });
  return rows.map(toSite);
};
