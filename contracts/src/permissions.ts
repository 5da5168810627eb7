import { z } from 'zod';

export const siteRoles = ['viewer', 'editor', 'auditor', 'administrator'] as const;
export const SiteRole = z.enum(siteRoles, { error: 'Role must be viewer, editor, auditor or administrator' });
export type SiteRole = z.infer<typeof SiteRole>;

export const systemRoles = ['administrator', 'auditor', 'operator'] as const;
export const SystemRole = z.enum(systemRoles, { error: 'Role must be administrator, auditor or operator' });
export type SystemRole = z.infer<typeof SystemRole>;

type Grant = { readonly site: readonly SiteRole[]; readonly system: readonly SystemRole[] };

const readers: Grant = { site: siteRoles, system: ['auditor'] };
const editors: Grant = { site: ['editor', 'administrator'], system: [] };
const siteAdministrators: Grant = { site: ['administrator'], system: ['administrator'] };
const systemAdministrators: Grant = { site: [], system: ['administrator'] };

/** Who may do what: the table of `2-domain.md`, as data. A role of the site or of the system is enough. */
export const permissions = {
  'interaction.read': readers,
  'interaction.export': readers,
  'interaction.create': editors,
  'interaction.edit': editors,
  'interaction.changeStatus': editors,
  'interaction.delete': editors,
  'interaction.readBin': editors,
  'interaction.restore': editors,
  'audit.read': { site: ['auditor', 'administrator'], system: ['administrator', 'auditor'] },
  'site.administer': siteAdministrators,
  'system.administer': systemAdministrators,
  'operations.manage': { site: [], system: ['administrator', 'operator'] },
} as const satisfies Record<string, Grant>;

export type Action = keyof typeof permissions;

/** True when one of the caller's roles allows the action. `siteRole` is the role on the site that is acted on. */
export const isAllowed = (
  action: Action,
  roles: { readonly siteRole: SiteRole | undefined; readonly systemRoles: readonly SystemRole[] },
): boolean => {
  const grant: Grant = permissions[action];
  if (roles.siteRole && grant.site.includes(roles.siteRole)) return true;
  return roles.systemRoles.some((role) => grant.system.includes(role));
};
