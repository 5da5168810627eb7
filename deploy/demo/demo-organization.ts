import type { SiteRole, SystemRole } from '@ims/contracts/permissions';

/** Known to everybody: a demonstration is open by design, and the web app says so. */
export const demoPassword = 'Demo-2026!';

export const demoInteractions = 2_000;

/** `share` of the demonstration's interactions; the shares add up to one. */
export const demoSites = [
  { name: 'Brussels', description: 'Head office', timezone: 'Europe/Brussels', share: 0.6 },
  { name: 'Lisbon', description: 'Office for the south', timezone: 'Europe/Lisbon', share: 0.25 },
  { name: 'Helsinki', description: 'Office for the north', timezone: 'Europe/Helsinki', share: 0.15 },
] as const;

type DemoPerson = {
  readonly username: string;
  readonly displayName: string;
  readonly systemRoles: readonly SystemRole[];
  /** Role on the first, second and third site. */
  readonly siteRoles: readonly SiteRole[];
};

export const demoPeople: readonly DemoPerson[] = [
  {
    username: 'admin',
    displayName: 'Ada Administrator',
    systemRoles: ['administrator'],
    siteRoles: ['administrator', 'administrator', 'administrator'],
  },
  { username: 'editor', displayName: 'Elias Editor', systemRoles: [], siteRoles: ['editor', 'editor'] },
  { username: 'viewer', displayName: 'Vera Viewer', systemRoles: [], siteRoles: ['viewer'] },
  { username: 'auditor', displayName: 'Aude Auditor', systemRoles: ['auditor'], siteRoles: [] },
  { username: 'operator', displayName: 'Otto Operator', systemRoles: ['operator'], siteRoles: [] },
];
