import type { SignedIn, SiteMembership } from '@ims/contracts/auth/api';
import type { ExternalIssuerList } from '@ims/contracts/auth/external';
import type { PasswordPolicy } from '@ims/contracts/auth/passwords';
import { queryOptions } from '@tanstack/react-query';
import type { z } from 'zod';
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

/** The issuers of other accounts that people may sign in with; none where they cannot be asked for. */
export const externalIssuers = () =>
  queryOptions({
    queryKey: ['external-issuers'],
    queryFn: async ({ signal }) =>
      (await api.read<z.infer<typeof ExternalIssuerList>>('/auth/external', { signal })).issuers,
    staleTime: 300_000,
    retry: false,
  });

/** Where the way over another issuer begins; it leads back to `to`. */
export const externalStart = (issuer: string, { to, remember }: { to: string; remember: boolean }): string =>
  `/api/v1/auth/external/${issuer}/start?${new URLSearchParams({ to, ...(remember ? { remember: 'true' } : {}) })}`;

/** Called when somebody leaves for an issuer: they come back signed in, and this page will not have seen how. */
export const expectExternalSignIn = (): void => session.expect();

/** What a new password must have. */
export const passwordPolicy = () =>
  queryOptions({
    queryKey: ['password-policy'],
    queryFn: async ({ signal }) =>
      (await api.read<{ policy: PasswordPolicy }>('/auth/password-policy', { signal })).policy,
    staleTime: 300_000,
  });

/** Has a link sent to the address, if somebody here has it; nobody is told whether. */
export const askForReset = (email: string): Promise<unknown> =>
  api.command('POST', '/auth/password/forgot', { body: { email } });

export const resetPassword = (body: { readonly token: string; readonly newPassword: string }): Promise<unknown> =>
  api.command('POST', '/auth/password/reset', { body });

type PasswordChange = { readonly currentPassword: string; readonly newPassword: string };

/** Changes the password; every other session of the person ends, and what an expired one had closed is open again. */
export const changePassword = async (body: PasswordChange): Promise<void> => {
  session.start(await api.command<SignedIn>('POST', '/auth/password/change', { body }));
};
