import { type Refusal, refusal } from '@ims/contracts/error-codes';
import { defaultInteractionTypes } from '@ims/contracts/interactions/fields';
import type { SiteRole } from '@ims/contracts/permissions';
import type { SiteEvent } from '@ims/contracts/sites/events';
import { defaultSiteSettings } from '@ims/contracts/sites/settings';
import type { Decision } from '../command-handling/decider.ts';
import type { EstablishedSite, Site } from './site.ts';

type SiteDecision = Decision<SiteEvent>;

/** Its creator becomes the site's first administrator, so that no site is ever without one. */
export const createSite = (
  site: Site,
  command: { readonly name: string; readonly description: string; readonly creatorId: string },
): SiteDecision => {
  if (site.situation !== 'unknown') return refusal('CONFLICT', 'This site exists already');
  const { name, description, creatorId } = command;
  return [
    {
      type: 'SiteCreated',
      data: {
        name,
        description,
        settings: defaultSiteSettings,
        interactionTypes: [...defaultInteractionTypes],
      },
    },
    { type: 'SiteMemberRoleGranted', data: { userId: creatorId, role: 'administrator' } },
  ];
};

export const grantRole = (site: Site, command: { readonly userId: string; readonly role: SiteRole }): SiteDecision => {
  if (site.situation === 'unknown') return unknownSite();
  if (site.members.get(command.userId) === command.role) return [];
  if (command.role !== 'administrator' && isLastAdministrator(site, command.userId)) return keepsLastAdministrator();
  return [{ type: 'SiteMemberRoleGranted', data: { userId: command.userId, role: command.role } }];
};

export const revokeRole = (site: Site, command: { readonly userId: string }): SiteDecision => {
  if (site.situation === 'unknown') return unknownSite();
  if (!site.members.has(command.userId)) return [];
  if (isLastAdministrator(site, command.userId)) return keepsLastAdministrator();
  return [{ type: 'SiteMemberRoleRevoked', data: { userId: command.userId } }];
};

const isLastAdministrator = (site: EstablishedSite, userId: string): boolean =>
  site.members.get(userId) === 'administrator' &&
  [...site.members.values()].filter((role) => role === 'administrator').length === 1;

const keepsLastAdministrator = (): Refusal =>
  refusal('CONFLICT', 'A site keeps at least one administrator; make somebody else administrator first');

const unknownSite = (): Refusal => refusal('RESOURCE_NOT_FOUND', 'There is no such site');
