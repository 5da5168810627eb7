import type { SiteRole } from '@ims/contracts/permissions';
import type { SiteEvent } from '@ims/contracts/sites/events';
import type { SiteSettings } from '@ims/contracts/sites/settings';
import type { Evolution, Happened } from '../command-handling/decider.ts';

export type EstablishedSite = {
  readonly situation: 'active' | 'inactive';
  readonly name: string;
  readonly description: string;
  readonly settings: SiteSettings;
  readonly interactionTypes: readonly string[];
  readonly retiredTypes: readonly string[];
  readonly members: ReadonlyMap<string, SiteRole>;
};
export type Site = { readonly situation: 'unknown' } | EstablishedSite;

const evolve = (site: Site, event: Happened<SiteEvent>): Site => {
  if (event.type === 'SiteCreated') {
    return { situation: 'active', ...event.data, retiredTypes: [], members: new Map() };
  }
  if (site.situation === 'unknown') return site;
  switch (event.type) {
    case 'SiteUpdated':
      return { ...site, name: event.data.name ?? site.name, description: event.data.description ?? site.description };
    case 'SiteSettingsChanged':
      return { ...site, settings: { ...site.settings, ...(event.data as Partial<SiteSettings>) } };
    case 'SiteInteractionTypesChanged':
      return { ...site, interactionTypes: event.data.interactionTypes, retiredTypes: event.data.retired };
    case 'SiteDeactivated':
      return { ...site, situation: 'inactive' };
    case 'SiteReactivated':
      return { ...site, situation: 'active' };
    case 'SiteMemberRoleGranted':
      return { ...site, members: new Map(site.members).set(event.data.userId, event.data.role) };
    case 'SiteMemberRoleRevoked':
      return { ...site, members: new Map([...site.members].filter(([userId]) => userId !== event.data.userId)) };
    case 'SiteMemberInvited':
      return site;
    default:
      return event satisfies never;
  }
};

export const siteEvolution: Evolution<Site, SiteEvent> = { initialState: { situation: 'unknown' }, evolve };
