import { z } from 'zod';
import { Uuid } from '../ids.ts';
import { SiteRole } from '../permissions.ts';
import type { NewEvent } from '../recorded-event.ts';
import { SiteSettings } from './settings.ts';

export const SiteCreated = z.strictObject({
  name: z.string(),
  description: z.string(),
  settings: SiteSettings,
  interactionTypes: z.array(z.string()),
});
export const SiteUpdated = z.strictObject({ name: z.string(), description: z.string() }).partial();
export const SiteSettingsChanged = SiteSettings.partial();
export const SiteInteractionTypesChanged = z.strictObject({
  interactionTypes: z.array(z.string()),
  retired: z.array(z.string()),
});
export const SiteDeactivated = z.strictObject({});
export const SiteReactivated = z.strictObject({});
export const SiteMemberRoleGranted = z.strictObject({ userId: Uuid, role: SiteRole });
export const SiteMemberRoleRevoked = z.strictObject({ userId: Uuid });
/** Somebody without an account is mailed an invitation, the first or one more; the role is an event of its own. */
export const SiteMemberInvited = z.strictObject({ userId: Uuid });

export type SiteEvent =
  | NewEvent<'SiteCreated', z.infer<typeof SiteCreated>>
  | NewEvent<'SiteUpdated', z.infer<typeof SiteUpdated>>
  | NewEvent<'SiteSettingsChanged', z.infer<typeof SiteSettingsChanged>>
  | NewEvent<'SiteInteractionTypesChanged', z.infer<typeof SiteInteractionTypesChanged>>
  | NewEvent<'SiteDeactivated', z.infer<typeof SiteDeactivated>>
  | NewEvent<'SiteReactivated', z.infer<typeof SiteReactivated>>
  | NewEvent<'SiteMemberRoleGranted', z.infer<typeof SiteMemberRoleGranted>>
  | NewEvent<'SiteMemberRoleRevoked', z.infer<typeof SiteMemberRoleRevoked>>
  | NewEvent<'SiteMemberInvited', z.infer<typeof SiteMemberInvited>>;
