import { ownAddress } from '@ims/contracts/auth/asked-address';

/** How a session ended: by itself or on another device, in every place at once, or by a new password. */
export type Ended = 'session' | 'everywhere' | 'password';

/** Every address of the web app. The site stands in it, so links can be shared and two tabs can show two sites. */
export const paths = {
  home: '/',
  signIn: (asked?: string): string =>
    asked && asked !== '/' ? `/sign-in?to=${encodeURIComponent(asked)}` : '/sign-in',
  /** The sentence that signing in begins with where a session has ended by itself, or by its owner elsewhere. */
  signInAgain: (asked: string, ended: Ended = 'session'): string =>
    `/sign-in?${new URLSearchParams({ ...(asked === '/' ? {} : { to: asked }), ended })}`,
  forgotPassword: '/forgot-password',
  resetPassword: '/reset-password',
  invitation: '/invitation',
  changePassword: (asked = '/'): string =>
    asked === '/' ? '/change-password' : `/change-password?to=${encodeURIComponent(asked)}`,
  profile: '/profile',
  signOut: '/sign-out',
  chooseSite: '/choose-site',
  operations: '/operations',
  system: '/system',
  users: '/system/users',
  user: (id: string): string => `/system/users/${id}`,
  newUser: '/system/users/new',
  sites: '/system/sites',
  siteOfSystem: (id: string): string => `/system/sites/${id}`,
  newSite: '/system/sites/new',
  finder: (siteId: string): string => `/s/${siteId}`,
  newInteraction: (siteId: string): string => `/s/${siteId}/interactions/new`,
  interaction: (siteId: string, id: string): string => `/s/${siteId}/interactions/${id}`,
  editInteraction: (siteId: string, id: string): string => `/s/${siteId}/interactions/${id}/edit`,
  bin: (siteId: string): string => `/s/${siteId}/bin`,
  administration: (siteId: string): string => `/s/${siteId}/administration`,
  members: (siteId: string): string => `/s/${siteId}/administration/members`,
  siteSettings: (siteId: string): string => `/s/${siteId}/administration/settings`,
  types: (siteId: string): string => `/s/${siteId}/administration/types`,
};

/** The address that was asked for before signing in, when it is one of ours. */
export const askedAddress = (parameters: URLSearchParams): string => ownAddress(parameters.get('to'));
