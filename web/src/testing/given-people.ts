import type { SignedInUser } from '@ims/contracts/auth/api';
import type { Site } from '@ims/contracts/sites/api';
import { defaultSiteSettings } from '@ims/contracts/sites/settings';
import type { User } from '@ims/contracts/users/api';
import type { SiteMember } from '../api/members.ts';
import { givenPerson } from './given.ts';

export const givenSite = (changes: Partial<Site> = {}): Site => ({
  id: givenPerson.sites[0]?.id ?? '',
  name: 'Brussels',
  description: 'Head office',
  active: true,
  settings: defaultSiteSettings,
  interactionTypes: ['Meeting', 'Call', 'Visit'],
  retiredTypes: [],
  role: 'administrator',
  ...changes,
});

/** `givenPerson` as administrator of the given site. */
export const givenAdministrator: SignedInUser = {
  ...givenPerson,
  sites: [{ id: givenSite().id, name: 'Brussels', role: 'administrator' }],
};

export const givenMember = (changes: Partial<SiteMember> = {}): SiteMember => ({
  id: crypto.randomUUID(),
  username: 'nlind',
  displayName: 'Nora Lind',
  email: 'nora@example.org',
  role: 'viewer',
  active: true,
  invited: false,
  ...changes,
});

export const givenUser = (changes: Partial<User> = {}): User => ({
  id: crypto.randomUUID(),
  username: 'nlind',
  email: 'nora@example.org',
  displayName: 'Nora Lind',
  timezone: 'Europe/Brussels',
  active: true,
  invited: false,
  lastSignInAt: null,
  lockedUntil: null,
  systemRoles: [],
  defaultSiteId: null,
  ...changes,
});
