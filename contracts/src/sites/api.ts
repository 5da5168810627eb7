import { z } from 'zod';
import { Uuid } from '../ids.ts';
import { SiteRole } from '../permissions.ts';
import { siteFields } from './fields.ts';
import { SiteSettings } from './settings.ts';

/** A site as its members and system administrators see it; `role` is the caller's, null without one. */
export const Site = z
  .object({
    id: z.string(),
    name: z.string(),
    description: z.string(),
    active: z.boolean(),
    settings: SiteSettings,
    interactionTypes: z.array(z.string()),
    role: SiteRole.nullable(),
  })
  .meta({ id: 'Site' });
export type Site = z.infer<typeof Site>;

export const CreateSiteBody = z
  .strictObject({ ...siteFields, description: siteFields.description.default('') })
  .meta({ id: 'NewSite' });
export const SiteAnswer = z.object({ site: Site }).meta({ id: 'SiteAnswer' });
export const SiteList = z.object({ sites: z.array(Site) }).meta({ id: 'SiteList' });
export const SiteSaved = z.object({ success: z.literal(true), site: Site }).meta({ id: 'SiteSaved' });
export const SiteParams = z.strictObject({ id: Uuid });
export const SiteMemberParams = z.strictObject({ id: Uuid, userId: Uuid });
export const GrantRoleBody = z.strictObject({ role: SiteRole }).meta({ id: 'GrantedRole' });

export const SiteMember = z
  .object({
    id: z.string(),
    username: z.string(),
    displayName: z.string(),
    email: z.string(),
    role: SiteRole,
    active: z.boolean(),
  })
  .meta({ id: 'SiteMember' });
export const SiteMemberList = z
  .object({ users: z.array(SiteMember), nextCursor: z.string().nullable() })
  .meta({ id: 'SiteMemberList' });
