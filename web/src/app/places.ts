import type { SignedInUser, SiteMembership } from '@ims/contracts/auth/api';
import { isAllowed } from '@ims/contracts/permissions';
import { paths } from '../paths.ts';

export type Place = { readonly label: string; readonly to: string; readonly keys: string };
export type Person = Pick<SignedInUser, 'systemRoles'>;

export const mayOperate = ({ systemRoles }: Person): boolean =>
  isAllowed('operations.manage', { siteRole: undefined, systemRoles });

export const mayAdministerSystem = ({ systemRoles }: Person): boolean =>
  isAllowed('system.administer', { siteRole: undefined, systemRoles });

/** The screens this person may use, in the order of the tabs; those of a site only where one is known. */
export const placesOf = (user: Person, site: SiteMembership | undefined): readonly Place[] => {
  const { systemRoles } = user;
  const mayReadBin = site && isAllowed('interaction.readBin', { siteRole: site.role, systemRoles });
  const mayAdminister = site && isAllowed('site.administer', { siteRole: site.role, systemRoles });
  return [
    ...(site ? [{ label: 'Interactions', to: paths.finder(site.id), keys: 'g i' }] : []),
    ...(site && mayReadBin ? [{ label: 'Bin', to: paths.bin(site.id), keys: 'g b' }] : []),
    ...(site && mayAdminister ? [{ label: 'Site', to: paths.administration(site.id), keys: 'g s' }] : []),
    ...(mayAdministerSystem(user) ? [{ label: 'System', to: paths.system, keys: 'g y' }] : []),
    ...(mayOperate(user) ? [{ label: 'Operations', to: paths.operations, keys: 'g o' }] : []),
  ];
};

const isWithin = (pathname: string, to: string): boolean => pathname === to || pathname.startsWith(`${to}/`);

/** The place whose address is the longest beginning of the one that is open. */
export const placeOf = (places: readonly Place[], pathname: string): Place | undefined =>
  places
    .filter(({ to }) => isWithin(pathname, to))
    .sort((one, other) => other.to.length - one.to.length)
    .at(0);
