import { defaultInteractionTypes } from '@ims/contracts/interactions/fields';
import type { SiteEvent } from '@ims/contracts/sites/events';
import { defaultSiteSettings } from '@ims/contracts/sites/settings';
import { describe, it } from 'vitest';
import { specification } from '../command-handling/decider-spec.ts';
import { addMember, changeRole, createSite, grantRole, revokeRole } from './decide.ts';
import { siteEvolution } from './site.ts';

const { given } = specification(siteEvolution);
const ann = '00000000-0000-7000-8000-0000000000aa';
const bob = '00000000-0000-7000-8000-0000000000bb';

const created: SiteEvent = {
  type: 'SiteCreated',
  data: {
    name: 'Brussels',
    description: '',
    settings: defaultSiteSettings,
    interactionTypes: [...defaultInteractionTypes],
  },
};
const granted = (userId: string, role: 'viewer' | 'editor' | 'administrator'): SiteEvent => ({
  type: 'SiteMemberRoleGranted',
  data: { userId, role },
});
const annAdministers = [created, granted(ann, 'administrator')] as const;

describe('creating a site', () => {
  it('makes its creator the first administrator', () =>
    given()
      .when((site) => createSite(site, { name: 'Brussels', description: '', creatorId: ann }))
      .thenHappened(...annAdministers));
  it('is refused when it exists', () =>
    given(created)
      .when((site) => createSite(site, { name: 'Brussels', description: '', creatorId: ann }))
      .thenRefused('CONFLICT'));
});

describe('granting a role', () => {
  it('gives a person a role', () =>
    given(...annAdministers)
      .when((site) => grantRole(site, { userId: bob, role: 'viewer' }))
      .thenHappened(granted(bob, 'viewer')));
  it('has nothing to do when the person has it', () =>
    given(...annAdministers, granted(bob, 'viewer'))
      .when((site) => grantRole(site, { userId: bob, role: 'viewer' }))
      .thenNothingHappened());
  it('never demotes the last administrator', () =>
    given(...annAdministers)
      .when((site) => grantRole(site, { userId: ann, role: 'editor' }))
      .thenRefused('CONFLICT'));
  it('demotes an administrator when another one stays', () =>
    given(...annAdministers, granted(bob, 'administrator'))
      .when((site) => grantRole(site, { userId: ann, role: 'editor' }))
      .thenHappened(granted(ann, 'editor')));
  it('is refused on a site that never was', () =>
    given()
      .when((site) => grantRole(site, { userId: ann, role: 'viewer' }))
      .thenRefused('RESOURCE_NOT_FOUND'));
});

describe('revoking a role', () => {
  it('takes the role away', () =>
    given(...annAdministers, granted(bob, 'editor'))
      .when((site) => revokeRole(site, { userId: bob }))
      .thenHappened({ type: 'SiteMemberRoleRevoked', data: { userId: bob } }));
  it('never removes the last administrator', () =>
    given(...annAdministers, granted(bob, 'editor'))
      .when((site) => revokeRole(site, { userId: ann }))
      .thenRefused('CONFLICT'));
  it('has nothing to do for somebody without a role', () =>
    given(...annAdministers)
      .when((site) => revokeRole(site, { userId: bob }))
      .thenNothingHappened());
});

describe('adding a member', () => {
  const add =
    (role: 'viewer' | 'editor', isInvited = false) =>
    (site: Parameters<typeof addMember>[0]) =>
      addMember(site, { userId: bob, role, isInvited });
  it('gives the role', () =>
    given(...annAdministers)
      .when(add('viewer'))
      .thenHappened(granted(bob, 'viewer')));
  it('has nothing to do for a member with that role', () =>
    given(...annAdministers, granted(bob, 'viewer'))
      .when(add('viewer'))
      .thenNothingHappened());
  it('is refused for a member with another role', () =>
    given(...annAdministers, granted(bob, 'viewer'))
      .when(add('editor'))
      .thenRefused('CONFLICT', 'email'));
  it('changes the role of somebody who has not accepted yet', () =>
    given(...annAdministers, granted(bob, 'viewer'))
      .when(add('editor', true))
      .thenHappened(granted(bob, 'editor'), { type: 'SiteMemberInvited', data: { userId: bob } }));
  it('of somebody who has not accepted yet is recorded each time, for each time a mail goes out', () =>
    given(...annAdministers, granted(bob, 'editor'))
      .when(add('editor', true))
      .thenHappened({ type: 'SiteMemberInvited', data: { userId: bob } }));
  it('is refused on a site that never was', () => given().when(add('viewer')).thenRefused('RESOURCE_NOT_FOUND'));
});

describe('changing the role', () => {
  const change = (isActive: boolean) => (site: Parameters<typeof changeRole>[0]) =>
    changeRole(site, { userId: bob, role: 'editor', isActive });
  it('of a member works whether the account is active or not', () =>
    given(...annAdministers, granted(bob, 'viewer'))
      .when(change(false))
      .thenHappened(granted(bob, 'editor')));
  it('gives one to somebody with an account', () =>
    given(...annAdministers)
      .when(change(true))
      .thenHappened(granted(bob, 'editor')));
  it('is refused for somebody without an account', () =>
    given(...annAdministers)
      .when(change(false))
      .thenRefused('RESOURCE_NOT_FOUND'));
});

describe('the last administrator', () => {
  const bobToo = [...annAdministers, granted(bob, 'administrator')] as const;
  it('is the last one who can sign in', () =>
    given(...bobToo)
      .when((site) => revokeRole(site, { userId: ann, activeUsers: new Set([ann]) }))
      .thenRefused('CONFLICT'));
  it('may go when another one can sign in', () =>
    given(...bobToo)
      .when((site) => grantRole(site, { userId: ann, role: 'viewer', activeUsers: new Set([bob]) }))
      .thenHappened(granted(ann, 'viewer')));
});
