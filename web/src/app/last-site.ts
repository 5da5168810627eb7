import type { SignedInUser, SiteMembership } from '@ims/contracts/auth/api';

const name = (userId: string): string => `ims.site.${userId}`;

/** Keeps which site this tab works on, for the screens that belong to none. */
export const rememberSite = (userId: string, siteId: string): void => {
  try {
    sessionStorage.setItem(name(userId), siteId);
  } catch {
    // Without storage the person's usual site stands in.
  }
};

const remembered = (userId: string): string | null => {
  try {
    return sessionStorage.getItem(name(userId));
  } catch {
    return null;
  }
};

/** The site to go back to: the one this tab was on, else the usual one, else the only one. */
export const lastSite = ({ id, sites, defaultSiteId }: SignedInUser): SiteMembership | undefined =>
  sites.find((site) => site.id === remembered(id)) ??
  sites.find((site) => site.id === defaultSiteId) ??
  (sites.length === 1 ? sites[0] : undefined);
