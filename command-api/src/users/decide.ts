import { type Refusal, refusal } from '@ims/contracts/error-codes';
import type { UserEvent } from '@ims/contracts/users/events';
import type { Decision } from '../command-handling/decider.ts';
import type { RegisteredUser, User } from './user.ts';

type UserDecision = Decision<UserEvent>;

export const registerUser = (
  user: User,
  command: {
    readonly username: string;
    readonly email: string;
    readonly displayName: string;
    readonly timezone: string;
  },
): UserDecision => {
  if (user.situation !== 'unknown' && user.situation !== 'invited')
    return refusal('CONFLICT', 'This user exists already');
  const { username, email, displayName, timezone } = command;
  return [{ type: 'UserRegistered', data: { username, email, displayName, timezone } }];
};

export const chooseDefaultSite = (user: User, command: { readonly siteId: string | null }): UserDecision => {
  if (user.situation === 'unknown' || user.situation === 'invited') return noSuchUser();
  if (user.defaultSiteId === command.siteId) return [];
  return [{ type: 'UserDefaultSiteChosen', data: { siteId: command.siteId } }];
};

export const inviteUser = (user: User, command: { readonly email: string }): UserDecision => {
  if (user.situation === 'invited') return [];
  if (user.situation !== 'unknown') return refusal('CONFLICT', 'This person has an account already');
  return [{ type: 'UserInvited', data: { email: command.email } }];
};

/** Makes somebody nobody again who was invited; nothing where they are already, or have an account by now. */
export const withdrawInvitation = (user: User): UserDecision =>
  user.situation === 'invited' ? [{ type: 'UserInvitationWithdrawn', data: {} }] : [];

export type UserChanges = Partial<Pick<RegisteredUser, 'username' | 'email' | 'displayName' | 'timezone'>>;

/** Records the fields that differ; absent ones stay. */
export const updateUser = (
  user: User,
  changes: { readonly [Field in keyof UserChanges]: UserChanges[Field] | undefined },
): UserDecision => {
  if (user.situation === 'unknown') return noSuchUser();
  if (user.situation === 'invited') return notYetRegistered();
  const names = ['username', 'email', 'displayName', 'timezone'] as const;
  const differing = names.filter((name) => changes[name] !== undefined && changes[name] !== user[name]);
  if (differing.length === 0) return [];
  return [{ type: 'UserUpdated', data: Object.fromEntries(differing.map((name) => [name, changes[name]])) }];
};

/**
 * Ends a person's way in. `leavesNoAdministrator`: this is the only active administrator of the system, whom nobody may
 * deactivate; whoever decides that must keep others from deciding the same meanwhile.
 */
export const deactivateUser = (
  user: User,
  command: { readonly isOneself: boolean; readonly leavesNoAdministrator: boolean },
): UserDecision => {
  if (user.situation === 'unknown') return noSuchUser();
  if (user.situation === 'invited') return notYetRegistered();
  if (user.situation === 'inactive') return [];
  if (command.isOneself) return refusal('CONFLICT', 'Nobody deactivates themselves; ask another administrator');
  if (command.leavesNoAdministrator) {
    return refusal(
      'CONFLICT',
      'The system keeps at least one active administrator; make somebody else administrator first',
    );
  }
  return [{ type: 'UserDeactivated', data: {} }];
};

export const reactivateUser = (user: User): UserDecision => {
  if (user.situation === 'unknown') return noSuchUser();
  if (user.situation === 'invited') return notYetRegistered();
  return user.situation === 'active' ? [] : [{ type: 'UserReactivated', data: {} }];
};

const notYetRegistered = (): Refusal => refusal('CONFLICT', 'This person was invited and has no account yet');

const noSuchUser = (): Refusal => refusal('RESOURCE_NOT_FOUND', 'There is no such user');
