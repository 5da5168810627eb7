import type { Site } from '@ims/contracts/sites/api';
import { queryOptions } from '@tanstack/react-query';
import { api } from './client.ts';

export const siteKeys = { all: (siteId: string) => ['site', siteId] as const };

export const site = (siteId: string) =>
  queryOptions({
    queryKey: [...siteKeys.all(siteId), 'settings'],
    queryFn: async ({ signal }) => (await api.read<{ site: Site }>(`/sites/${siteId}`, { siteId, signal })).site,
    staleTime: 300_000,
  });

/** The sites this person may see: their own, or all of them for an administrator of the system. */
export const sites = () =>
  queryOptions({
    queryKey: ['sites'],
    queryFn: async ({ signal }) => (await api.read<{ sites: Site[] }>('/sites', { signal })).sites,
    staleTime: 300_000,
  });
