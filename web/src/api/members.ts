import type { SiteRole } from '@ims/contracts/permissions';
import type { MemberAdded, SiteMember as SiteMemberSchema } from '@ims/contracts/sites/api';
import { queryOptions } from '@tanstack/react-query';
import type { z } from 'zod';
import { api } from './client.ts';
import { siteKeys } from './sites.ts';

export type SiteMember = z.infer<typeof SiteMemberSchema>;
export type Added = z.infer<typeof MemberAdded>;

export const memberKeys = { all: (siteId: string) => [...siteKeys.all(siteId), 'members'] as const };

/** Who has a role on the site; always asked anew, because others administer it too. */
export const members = (siteId: string) =>
  queryOptions({
    queryKey: memberKeys.all(siteId),
    queryFn: async ({ signal }) =>
      (await api.read<{ users: SiteMember[] }>(`/sites/${siteId}/users`, { siteId, signal })).users,
    staleTime: 0,
  });

/** Gives somebody a role; who has no account yet is invited by mail, and by a new mail when asked again. */
export const addMember = (siteId: string, body: { readonly email: string; readonly role: SiteRole }): Promise<Added> =>
  api.command('POST', `/sites/${siteId}/users`, { body });

export const changeRole = (siteId: string, userId: string, role: SiteRole): Promise<unknown> =>
  api.command('PUT', `/sites/${siteId}/users/${userId}`, { body: { role } });

export const removeMember = (siteId: string, userId: string): Promise<unknown> =>
  api.command('DELETE', `/sites/${siteId}/users/${userId}`);
