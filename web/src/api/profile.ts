import type { SignedInUser } from '@ims/contracts/auth/api';
import type { UpdateProfileBody } from '@ims/contracts/auth/profile';
import type { OwnSession } from '@ims/contracts/auth/sessions';
import { queryOptions } from '@tanstack/react-query';
import type { z } from 'zod';
import { session } from './browser-session.ts';
import { api } from './client.ts';

export type ProfileChanges = z.infer<typeof UpdateProfileBody>;

/** Saves what the person changed about themselves; every tab knows it from then on. */
export const saveProfile = async (changes: ProfileChanges): Promise<SignedInUser> => {
  const { user } = await api.command<{ user: SignedInUser }>('PATCH', '/auth/me', { body: changes });
  session.update(user);
  return user;
};

/** Where the person is signed in; asked anew whenever it is looked at. */
export const ownSessions = () =>
  queryOptions({
    queryKey: ['own-sessions'],
    queryFn: async ({ signal }) => (await api.read<{ sessions: OwnSession[] }>('/auth/sessions', { signal })).sessions,
    staleTime: 0,
  });

export const endOwnSession = (id: string): Promise<unknown> => api.command('DELETE', `/auth/sessions/${id}`);

/** Ends every session of the person, this one too; the other tabs of this browser follow at once. */
export const signOutEverywhere = async (): Promise<void> => {
  session.willEnd('everywhere');
  await api.command('DELETE', '/auth/sessions').catch((error: unknown) => {
    session.willEnd('session');
    throw error;
  });
  session.end();
};
