import { z } from 'zod';
import { userFields } from '../users/fields.ts';
import { LinkBody } from './passwords.ts';

/** What an invitation's page shows: whom it is for, and by which name the sites that wait are known. */
export const InvitationAnswer = z
  .object({ email: z.string(), sites: z.array(z.object({ id: z.string(), name: z.string() })), expiresAt: z.string() })
  .meta({ id: 'InvitationAnswer' });
export const AcceptInvitationBody = z
  .strictObject({
    token: LinkBody.shape.token,
    username: userFields.username,
    displayName: userFields.displayName,
    timezone: userFields.timezone.optional(),
    password: z.string({ error: 'Password is required' }).min(1, 'Password is required').max(1_000),
  })
  .meta({ id: 'AcceptedInvitation' });
