import { z } from 'zod';
import { SiteRole, siteRoles } from '../permissions.ts';
import { TimeZone } from '../time-zone.ts';

export const pageSizes = [25, 50, 100] as const;

/** What a site's administrator decides for everybody on the site (`1-product.md`, Site settings). */
export const SiteSettings = z.strictObject({
  defaultTimezone: TimeZone,
  defaultPageSize: z.literal(pageSizes, { error: 'Page size must be 25, 50 or 100' }),
  lowestExportRole: SiteRole,
  viewersSeeNotes: z.boolean(),
  editorsMayDelete: z.boolean(),
});
export type SiteSettings = z.infer<typeof SiteSettings>;

/** Whether a role of the site that may delete by `permissions` may do so by its settings too: delete, open the bin, restore. */
export const mayDelete = ({
  role,
  settings,
}: {
  readonly role: SiteRole | undefined;
  readonly settings: SiteSettings;
}): boolean => role !== 'editor' || settings.editorsMayDelete;

/**
 * Whether somebody who may export by `permissions` may do so by the site's settings too. Roles count in their order:
 * viewer, editor, auditor, administrator; without a role a system role opened the site, which no setting closes.
 */
export const mayExport = ({
  role,
  settings,
}: {
  readonly role: SiteRole | undefined;
  readonly settings: SiteSettings;
}): boolean => role === undefined || siteRoles.indexOf(role) >= siteRoles.indexOf(settings.lowestExportRole);

export const defaultSiteSettings: SiteSettings = {
  defaultTimezone: 'Europe/Brussels',
  defaultPageSize: 25,
  lowestExportRole: 'viewer',
  viewersSeeNotes: true,
  editorsMayDelete: true,
};
