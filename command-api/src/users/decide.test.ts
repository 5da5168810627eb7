import type { UserEvent } from '@ims/contracts/users/events';
import { describe, it } from 'vitest';
import { specification } from '../command-handling/decider-spec.ts';
import {
  chooseDefaultSite,
  deactivateUser,
  inviteUser,
  reactivateUser,
  registerUser,
  updateUser,
  withdrawInvitation,
} from './decide.ts';
import { userEvolution } from './user.ts';

const { given } = specification(userEvolution);
const site = '00000000-0000-7000-8000-0000000000cc';
const person = { username: 'ann', email: 'ann@example.org', displayName: 'Ann', timezone: 'Europe/Brussels' };
const registered: UserEvent = { type: 'UserRegistered', data: person };
const chosen: UserEvent = { type: 'UserDefaultSiteChosen', data: { siteId: site } };

const invited: UserEvent = { type: 'UserInvited', data: { email: person.email } };
const deactivated: UserEvent = { type: 'UserDeactivated', data: {} };

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

describe('withdrawing an invitation', () => {
  const withdrawn: UserEvent = { type: 'UserInvitationWithdrawn', data: {} };
  it('makes somebody nobody again', () => given(invited).when(withdrawInvitation).thenHappened(withdrawn));
  it('has nothing to do once there is an account, or nobody', () => {
    given(invited, registered).when(withdrawInvitation).thenNothingHappened();
    given(invited, withdrawn).when(withdrawInvitation).thenNothingHappened();
  });
  it('leaves room for another one', () =>
    given(invited, withdrawn)
      .when((user) => inviteUser(user, { email: person.email }))
      .thenHappened(invited));
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

describe('inviting somebody', () => {
  const invite = (user: Parameters<typeof inviteUser>[0]) => inviteUser(user, { email: person.email });
  it('records the address', () => given().when(invite).thenHappened(invited));
  it('has nothing to do for somebody who was invited already', () => given(invited).when(invite).thenNothingHappened());
  it('is refused for somebody with an account', () => given(registered).when(invite).thenRefused('CONFLICT'));
  it('ends when the person registers', () =>
    given(invited)
      .when((user) => registerUser(user, person))
      .thenHappened(registered));
});

describe('changing a person', () => {
  it('records what differs and nothing else', () =>
    given(registered)
      .when((user) => updateUser(user, { username: 'anna', email: person.email, displayName: undefined }))
      .thenHappened({ type: 'UserUpdated', data: { username: 'anna' } }));
  it('has nothing to do when nothing differs', () =>
    given(registered)
      .when((user) => updateUser(user, person))
      .thenNothingHappened());
  it('is refused for somebody unknown', () =>
    given()
      .when((user) => updateUser(user, { username: 'x' }))
      .thenRefused('RESOURCE_NOT_FOUND'));
  it('is refused before the person has accepted the invitation', () =>
    given(invited)
      .when((user) => updateUser(user, { username: 'x' }))
      .thenRefused('CONFLICT'));
});

describe('deactivating a person', () => {
  const other = { isOneself: false, leavesNoAdministrator: false };
  it('ends the way in', () =>
    given(registered)
      .when((user) => deactivateUser(user, other))
      .thenHappened(deactivated));
  it('has nothing to do for somebody who is deactivated', () =>
    given(registered, deactivated)
      .when((user) => deactivateUser(user, other))
      .thenNothingHappened());
  it('is refused for oneself', () =>
    given(registered)
      .when((user) => deactivateUser(user, { ...other, isOneself: true }))
      .thenRefused('CONFLICT'));
  it('is refused for the last active administrator of the system', () =>
    given(registered)
      .when((user) => deactivateUser(user, { ...other, leavesNoAdministrator: true }))
      .thenRefused('CONFLICT'));
  it('is refused for somebody who was only invited', () =>
    given(invited)
      .when((user) => deactivateUser(user, other))
      .thenRefused('CONFLICT'));
});

describe('reactivating a person', () => {
  it('opens the way in again', () =>
    given(registered, deactivated).when(reactivateUser).thenHappened({ type: 'UserReactivated', data: {} }));
  it('has nothing to do for somebody who is active', () =>
    given(registered).when(reactivateUser).thenNothingHappened());
  it('is refused for somebody unknown', () => given().when(reactivateUser).thenRefused('RESOURCE_NOT_FOUND'));
});
