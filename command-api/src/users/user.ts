import type { UserEvent } from '@ims/contracts/users/events';
import type { Evolution, Happened } from '../command-handling/decider.ts';

export type RegisteredUser = {
  readonly situation: 'active' | 'inactive';
  readonly username: string;
  readonly email: string;
  readonly displayName: string;
  readonly timezone: string;
  readonly defaultSiteId: string | null;
};
/** Asked by mail; registering turns the invitation into an account. */
export type InvitedUser = { readonly situation: 'invited'; readonly email: string };
export type User = { readonly situation: 'unknown' } | InvitedUser | RegisteredUser;

const evolve = (user: User, event: Happened<UserEvent>): User => {
  if (event.type === 'UserRegistered') return { situation: 'active', defaultSiteId: null, ...event.data };
  if (event.type === 'UserInvitationWithdrawn') return { situation: 'unknown' };
  if (event.type === 'UserInvited') return { situation: 'invited', email: event.data.email };
  if (user.situation === 'unknown' || user.situation === 'invited') return user;
  switch (event.type) {
    case 'UserUpdated':
      return {
        ...user,
        username: event.data.username ?? user.username,
        email: event.data.email ?? user.email,
        displayName: event.data.displayName ?? user.displayName,
        timezone: event.data.timezone ?? user.timezone,
      };
    case 'UserDeactivated':
      return { ...user, situation: 'inactive' };
    case 'UserReactivated':
      return { ...user, situation: 'active' };
    case 'UserDefaultSiteChosen':
      return { ...user, defaultSiteId: event.data.siteId };
    case 'UserPasswordChanged':
    case 'UserExternalIdentityLinked':
      return user;
    default:
      return event satisfies never;
  }
};

export const userEvolution: Evolution<User, UserEvent> = { initialState: { situation: 'unknown' }, evolve };
