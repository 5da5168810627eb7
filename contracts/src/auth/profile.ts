import { z } from 'zod';
import { Uuid } from '../ids.ts';
import { userFields } from '../users/fields.ts';
import { SignedInUser } from './api.ts';

/** What everybody may change about themselves; absent fields stay. `defaultSiteId: null` asks at every sign-in. */
export const UpdateProfileBody = z
  .strictObject({
    displayName: userFields.displayName.optional(),
    timezone: userFields.timezone.optional(),
    defaultSiteId: Uuid.nullable().optional(),
  })
  .meta({ id: 'Profile' });
export const ProfileSaved = z.object({ success: z.literal(true), user: SignedInUser }).meta({ id: 'ProfileSaved' });
