import type { MeAnswer } from '@ims/contracts/auth/api';
import type { z } from 'zod';
import { session } from './browser-session.ts';
import { api } from './client.ts';

/** Asks what the signed-in person may do by now; every screen follows when that has changed. */
export const refreshOwnRoles = async (): Promise<void> => {
  if (!session.current()) return;
  const { user } = await api.read<z.infer<typeof MeAnswer>>('/auth/me');
  const signedIn = session.current();
  if (signedIn?.user.id !== user.id || JSON.stringify(signedIn.user) === JSON.stringify(user)) return;
  session.update(user);
};
