import type { SiteRole } from '@ims/contracts/permissions';
import type { SiteMember } from '@ims/contracts/sites/api';
import type { z } from 'zod';
import { tableOf } from '../read-state.ts';
import type { SiteSnapshot } from '../site-scope.ts';

type MemberRow = {
  user_id: string;
  username: string | null;
  display_name: string | null;
  email: string | null;
  role: SiteRole;
  active: boolean | null;
  invited: boolean | null;
};

const mostMembers = 1_000;

/** Who has a role on the site, by name. */
export const readMembers = async (snapshot: SiteSnapshot): Promise<z.infer<typeof SiteMember>[]> => {
  const rows = await snapshot.rows<MemberRow>({
    text: `select m.user_id, u.username, u.display_name, u.email, m.role, u.active, u.invited
           from ${tableOf(snapshot.versions, 'access', 'site_members')} m
           left join ${tableOf(snapshot.versions, 'users', 'users')} u on u.user_id = m.user_id
           where m.site_id = $1 order by u.display_name, m.user_id limit $2`,
    values: [mostMembers],
  });
  return rows.map((row) => ({
    id: row.user_id,
    username: row.username ?? '',
    displayName: row.display_name ?? '',
    email: row.email ?? '',
    role: row.role,
    active: row.active ?? false,
    invited: row.invited ?? false,
  }));
};
