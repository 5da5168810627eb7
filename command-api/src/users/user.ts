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
export type User = { readonly situation: 'unknown' } | RegisteredUser;

const evolve = (user: User, event: Happened<UserEvent>): User => {
  if (event.type === 'UserRegistered') return { situation: 'active', defaultSiteId: null, ...event.data };
  if (user.situation === 'unknown') return user;
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
      return user;
    default:
      return event satisfies never;
  }
};

export const userEvolution: Evolution<User, UserEvent> = { initialState: { situation: 'unknown' }, evolve };
