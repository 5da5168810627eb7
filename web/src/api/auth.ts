import type { SignedIn, SiteMembership } from '@ims/contracts/auth/api';
import { session } from './browser-session.ts';
import { api } from './client.ts';

type Credentials = { readonly username: string; readonly password: string; readonly remember: boolean };

export const signIn = async (credentials: Credentials): Promise<SignedIn> => {
  const signedIn = await api.command<SignedIn>('POST', '/auth/login', { body: credentials });
  session.start(signedIn);
  return signedIn;
};

/** Signs out here and on the server; without a connection, here at least. */
export const signOut = async (): Promise<void> => {
  await fetch('/api/v1/auth/logout', { method: 'POST' }).catch(() => undefined);
  session.end();
};

/** Tells the server which site is worked on, and makes it the default one if asked to. */
export const chooseSite = async (siteId: string, makeDefault = false): Promise<SiteMembership> => {
  const answer = await api.command<{ currentSite: SiteMembership }>('POST', '/auth/site', {
    body: { siteId, ...(makeDefault ? { makeDefault } : {}) },
  });
  return answer.currentSite;
};
