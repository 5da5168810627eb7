import type { Site } from '@ims/contracts/sites/api';
import { type QueryClient, useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from 'react-router';
import { refreshOwnRoles } from '#api/own-roles.ts';
import { createSite, type SiteChange, siteKeys, sites, updateSite } from '#api/sites.ts';
import { notify } from '#ui/notices.ts';
import { paths } from '../../paths.ts';

const refreshSites = async (queries: QueryClient, siteId: string): Promise<void> => {
  await Promise.all([
    queries.invalidateQueries({ queryKey: sites().queryKey }),
    queries.invalidateQueries({ queryKey: siteKeys.all(siteId) }),
    // The names in the switcher, and whether a site can be entered at all.
    refreshOwnRoles().catch(() => undefined),
  ]);
};

const doneWords = (site: Site, { active }: SiteChange): string => {
  if (active === undefined) return `${site.name} is saved.`;
  return active ? `${site.name} is open to its members again.` : `${site.name} is closed to its members.`;
};

/** Changes a site, and shows everywhere what it is then. */
export const useSiteChange = (site: Site, changed: () => void) => {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (change: SiteChange) => updateSite(site.id, change),
    onSuccess: async (saved, change) => {
      notify(doneWords(saved, change));
      await refreshSites(queries, site.id);
      changed();
    },
    onError: () => refreshSites(queries, site.id),
  });
};

/** Makes a site, of which its creator is the first administrator, and opens it. */
export const useSiteCreation = (created: () => void) => {
  const queries = useQueryClient();
  const navigate = useNavigate();
  return useMutation({
    mutationFn: createSite,
    onSuccess: async (site) => {
      created();
      notify(`${site.name} is there; you are its administrator.`);
      await refreshSites(queries, site.id);
      await navigate(paths.siteOfSystem(site.id));
    },
  });
};
