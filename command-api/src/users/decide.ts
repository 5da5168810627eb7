import { type Refusal, refusal } from '@ims/contracts/error-codes';
import type { UserEvent } from '@ims/contracts/users/events';
import type { Decision } from '../command-handling/decider.ts';
import type { User } from './user.ts';

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

const noSuchUser = (): Refusal => refusal('RESOURCE_NOT_FOUND', 'There is no such user');
