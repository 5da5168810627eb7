import { z } from 'zod';
import { Uuid } from '../ids.ts';
import { SiteRole, SystemRole } from '../permissions.ts';

export const SiteMembership = z
  .object({ id: z.string(), name: z.string(), role: SiteRole })
  .meta({ id: 'SiteMembership' });
export type SiteMembership = z.infer<typeof SiteMembership>;

/** The signed-in person. `demo` is true where the built-in demonstration accounts exist. */
export const SignedInUser = z
  .object({
    id: z.string(),
    username: z.string(),
    email: z.string(),
    displayName: z.string(),
    timezone: z.string(),
    systemRoles: z.array(SystemRole),
    defaultSiteId: z.string().nullable(),
    sites: z.array(SiteMembership),
    demo: z.boolean(),
  })
  .meta({ id: 'SignedInUser' });
export type SignedInUser = z.infer<typeof SignedInUser>;

export const LoginBody = z
  .strictObject({
    username: z.string({ error: 'Username is required' }).min(1, 'Username is required').max(100),
    password: z.string({ error: 'Password is required' }).min(1, 'Password is required').max(1_000),
    remember: z.boolean().optional(),
  })
  .meta({ id: 'Credentials' });

/**
 * `expiresAt` is the access token's end (ISO 8601). With `passwordExpired` the token opens nothing but the change of
 * the password; every other call answers PASSWORD_EXPIRED.
 */
export const SignedIn = z
  .object({ token: z.string(), expiresAt: z.string(), user: SignedInUser, passwordExpired: z.boolean() })
  .meta({ id: 'SignedIn' });
export type SignedIn = z.infer<typeof SignedIn>;

export const MeAnswer = z.object({ user: SignedInUser }).meta({ id: 'MeAnswer' });
export const SitesAnswer = z.object({ sites: z.array(SiteMembership) }).meta({ id: 'SitesAnswer' });
export const SwitchSiteBody = z
  .strictObject({ siteId: Uuid, makeDefault: z.boolean().optional() })
  .meta({ id: 'ChosenSite' });
export const SiteSwitched = z
  .object({ success: z.literal(true), currentSite: SiteMembership })
  .meta({ id: 'SiteSwitched' });
