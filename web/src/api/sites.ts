import type { Site } from '@ims/contracts/sites/api';
import type { SiteSettings } from '@ims/contracts/sites/settings';
import { queryOptions } from '@tanstack/react-query';
import { api } from './client.ts';

export const siteKeys = { all: (siteId: string) => ['site', siteId] as const };

/** The site as it stands now, past what is remembered of it. */
export const readSite = async (siteId: string, signal?: AbortSignal): Promise<Site> =>
  (await api.read<{ site: Site }>(`/sites/${siteId}`, { siteId, signal })).site;

export const site = (siteId: string) =>
  queryOptions({
    queryKey: [...siteKeys.all(siteId), 'settings'],
    queryFn: ({ signal }) => readSite(siteId, signal),
    staleTime: 300_000,
  });

/** The sites this person may see: their own, or all of them for an administrator of the system. */
export const sites = () =>
  queryOptions({
    queryKey: ['sites'],
    queryFn: async ({ signal }) => (await api.read<{ sites: Site[] }>('/sites', { signal })).sites,
    staleTime: 300_000,
  });

type SiteSaved = { readonly site: Site };
export type SiteChange = { readonly name?: string; readonly description?: string; readonly active?: boolean };

export const createSite = async (body: { readonly name: string; readonly description: string }): Promise<Site> =>
  (await api.command<SiteSaved>('POST', '/sites', { body })).site;

export const updateSite = async (siteId: string, body: SiteChange): Promise<Site> =>
  (await api.command<SiteSaved>('PATCH', `/sites/${siteId}`, { body })).site;

/** The settings as they are once only those given have changed. */
export const updateSettings = async (siteId: string, body: Partial<SiteSettings>): Promise<SiteSettings> =>
  (await api.command<{ settings: SiteSettings }>('PATCH', `/sites/${siteId}/settings`, { body })).settings;

/** Says which types are offered from now on, in this order. */
export const replaceTypes = (siteId: string, interactionTypes: readonly string[]): Promise<unknown> =>
  api.command('PUT', `/sites/${siteId}/interaction-types`, { body: { interactionTypes } });
