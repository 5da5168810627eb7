import type { UserEvent } from '@ims/contracts/users/events';
import { describe, it } from 'vitest';
import { specification } from '../command-handling/decider-spec.ts';
import { chooseDefaultSite, registerUser } from './decide.ts';
import { userEvolution } from './user.ts';

const { given } = specification(userEvolution);
const site = '00000000-0000-7000-8000-0000000000cc';
const person = { username: 'ann', email: 'ann@example.org', displayName: 'Ann', timezone: 'Europe/Brussels' };
const registered: UserEvent = { type: 'UserRegistered', data: person };
const chosen: UserEvent = { type: 'UserDefaultSiteChosen', data: { siteId: site } };

describe('registering a user', () => {
  it('records the person', () =>
    given()
      .when((user) => registerUser(user, person))
      .thenHappened(registered));
  it('is refused for somebody registered', () =>
    given(registered)
      .when((user) => registerUser(user, person))
      .thenRefused('CONFLICT'));
});

describe('choosing a default site', () => {
  it('remembers the site', () =>
    given(registered)
      .when((user) => chooseDefaultSite(user, { siteId: site }))
      .thenHappened(chosen));
  it('has nothing to do when it is the default already', () =>
    given(registered, chosen)
      .when((user) => chooseDefaultSite(user, { siteId: site }))
      .thenNothingHappened());
  it('is refused for somebody unknown', () =>
    given()
      .when((user) => chooseDefaultSite(user, { siteId: site }))
      .thenRefused('RESOURCE_NOT_FOUND'));
});
