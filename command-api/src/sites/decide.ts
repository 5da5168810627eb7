import { isRefusal, type Refusal, refusal } from '@ims/contracts/error-codes';
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

/** Records what differs; absent fields stay. */
export const updateSite = (
  site: Site,
  command: {
    readonly name?: string | undefined;
    readonly description?: string | undefined;
    readonly active?: boolean | undefined;
  },
): SiteDecision => {
  if (site.situation === 'unknown') return unknownSite();
  const { name = site.name, description = site.description, active = site.situation === 'active' } = command;
  const differing = {
    ...(name === site.name ? {} : { name }),
    ...(description === site.description ? {} : { description }),
  };
  return [
    ...(Object.keys(differing).length === 0 ? [] : [{ type: 'SiteUpdated' as const, data: differing }]),
    ...(active === (site.situation === 'active') ? [] : [activity(active)]),
  ];
};

const activity = (active: boolean): SiteEvent =>
  active ? { type: 'SiteReactivated', data: {} } : { type: 'SiteDeactivated', data: {} };

/** Of a site's administrators those who can sign in; without it all of them count. */
type Facts = { readonly activeUsers?: ReadonlySet<string> };

/** Makes a person a member; one who is a member with another role gets that one only while invited. */
export const addMember = (
  site: Site,
  command: { readonly userId: string; readonly role: SiteRole; readonly isInvited: boolean } & Facts,
): SiteDecision => {
  const role = site.situation === 'unknown' ? undefined : site.members.get(command.userId);
  if (role !== undefined && role !== command.role && !command.isInvited) {
    const message = `This person is on the site already, as ${role}; change the role in the list of members`;
    return refusal('CONFLICT', message, [{ field: 'email', message }]);
  }
  const granted = grantRole(site, command);
  if (isRefusal(granted) || !command.isInvited) return granted;
  // Each time, also where the role is the same: a mail goes out.
  return [...granted, { type: 'SiteMemberInvited', data: { userId: command.userId } }];
};

/** Gives a member another role, or a role to somebody with an account. */
export const changeRole = (
  site: Site,
  command: { readonly userId: string; readonly role: SiteRole; readonly isActive: boolean } & Facts,
): SiteDecision => {
  const isMember = site.situation !== 'unknown' && site.members.has(command.userId);
  if (!isMember && !command.isActive) return refusal('RESOURCE_NOT_FOUND', 'There is no such user');
  return grantRole(site, command);
};

export const grantRole = (
  site: Site,
  command: { readonly userId: string; readonly role: SiteRole } & Facts,
): SiteDecision => {
  if (site.situation === 'unknown') return unknownSite();
  if (site.members.get(command.userId) === command.role) return [];
  if (command.role !== 'administrator' && isLastAdministrator(site, command)) return keepsLastAdministrator();
  return [{ type: 'SiteMemberRoleGranted', data: { userId: command.userId, role: command.role } }];
};

export const revokeRole = (site: Site, command: { readonly userId: string } & Facts): SiteDecision => {
  if (site.situation === 'unknown') return unknownSite();
  if (!site.members.has(command.userId)) return [];
  if (isLastAdministrator(site, command)) return keepsLastAdministrator();
  return [{ type: 'SiteMemberRoleRevoked', data: { userId: command.userId } }];
};

/** Whoever administers a site, by its members. */
export const administratorsOf = (site: Site): readonly string[] =>
  site.situation === 'unknown'
    ? []
    : [...site.members].filter(([, role]) => role === 'administrator').map(([userId]) => userId);

const isLastAdministrator = (site: EstablishedSite, command: { readonly userId: string } & Facts): boolean => {
  const { userId, activeUsers } = command;
  const others = administratorsOf(site).filter((id) => id !== userId && (activeUsers?.has(id) ?? true));
  return site.members.get(userId) === 'administrator' && others.length === 0;
};

const keepsLastAdministrator = (): Refusal =>
  refusal('CONFLICT', 'A site keeps at least one administrator; make somebody else administrator first');

export const unknownSite = (): Refusal => refusal('RESOURCE_NOT_FOUND', 'There is no such site');
