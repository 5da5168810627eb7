import { z } from 'zod';
import { Uuid } from '../ids.ts';
import { SiteRole } from '../permissions.ts';
import { userFields } from '../users/fields.ts';
import { interactionTypeName, siteFields } from './fields.ts';
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
    /** No longer offered for new records; those that have one keep it. */
    retiredTypes: z.array(z.string()),
    role: SiteRole.nullable(),
  })
  .meta({ id: 'Site' });
export type Site = z.infer<typeof Site>;

export const CreateSiteBody = z
  .strictObject({ ...siteFields, description: siteFields.description.default('') })
  .meta({ id: 'NewSite' });
export const UpdateSiteBody = z
  .strictObject({
    name: siteFields.name.optional(),
    description: siteFields.description.optional(),
    active: z.boolean({ error: 'Active must be true or false' }).optional(),
  })
  .meta({ id: 'ChangedSite' });
export const UpdateSettingsBody = SiteSettings.partial().meta({ id: 'ChangedSiteSettings' });
export const SiteSettingsAnswer = z.object({ settings: SiteSettings }).meta({ id: 'SiteSettingsAnswer' });
/** The types that are offered, in their order; one in use that is missing is retired, not removed. */
export const InteractionTypesBody = z
  .strictObject({ interactionTypes: z.array(interactionTypeName).min(1, 'A site has at least one type').max(100) })
  .meta({ id: 'InteractionTypes' });
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
    /** Asked by mail and not registered yet; there is no username then. */
    invited: z.boolean(),
  })
  .meta({ id: 'SiteMember' });
export const AddMemberBody = z.strictObject({ email: userFields.email, role: SiteRole }).meta({ id: 'NewMember' });
/** `invited` is true where a mail went out to somebody who has no account yet. */
export const MemberAdded = z
  .object({ success: z.literal(true), userId: z.string(), invited: z.boolean() })
  .meta({ id: 'MemberAdded' });
export const SiteMemberList = z
  .object({ users: z.array(SiteMember), nextCursor: z.string().nullable() })
  .meta({ id: 'SiteMemberList' });
