import type { SignedIn } from '@ims/contracts/auth/api';
import type { AcceptInvitationBody, InvitationAnswer } from '@ims/contracts/auth/invitations';
import { queryOptions } from '@tanstack/react-query';
import type { z } from 'zod';
import { signIn } from './auth.ts';
import { api } from './client.ts';

export type Invitation = z.infer<typeof InvitationAnswer>;
export type Acceptance = z.infer<typeof AcceptInvitationBody>;

/** Whom an invitation's link is for, and the sites that wait. */
export const invitation = (token: string) =>
  queryOptions({
    queryKey: ['invitation', token],
    queryFn: () => api.command<Invitation>('POST', '/auth/invitation/check', { body: { token } }),
    staleTime: Number.POSITIVE_INFINITY,
    refetchOnWindowFocus: false,
  });

/** Makes the user and signs them in. */
export const acceptInvitation = async (acceptance: Acceptance): Promise<SignedIn> => {
  await api.command('POST', '/auth/invitation/accept', { body: acceptance });
  return signIn({ username: acceptance.username, password: acceptance.password, remember: false });
};
