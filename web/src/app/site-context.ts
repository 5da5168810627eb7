import type { SignedInUser, SiteMembership } from '@ims/contracts/auth/api';
import type { LiveChange } from '@ims/contracts/interactions/api';
import { type Action, isAllowed } from '@ims/contracts/permissions';
import { createContext, useCallback, useContext, useEffect, useRef } from 'react';

export type OpenSite = {
  readonly site: SiteMembership;
  readonly user: SignedInUser;
  /** Hands over each change that others save on the site; returns how to stop. */
  readonly onChange: (listener: (change: LiveChange) => void) => () => void;
};

export const SiteContext = createContext<OpenSite | undefined>(undefined);

/** The site whose address is open, and what the person may do there. */
export const useSite = (): OpenSite & { readonly siteId: string; readonly can: (action: Action) => boolean } => {
  const open = useContext(SiteContext);
  if (!open) throw new Error('useSite is used outside a site');
  const { site, user } = open;
  const can = useCallback(
    (action: Action) => isAllowed(action, { siteRole: site.role, systemRoles: user.systemRoles }),
    [site.role, user.systemRoles],
  );
  return { ...open, siteId: site.id, can };
};

export const useLiveChanges = (changed: (change: LiveChange) => void): void => {
  const { onChange } = useSite();
  const latest = useRef(changed);
  useEffect(() => {
    latest.current = changed;
  });
  useEffect(() => onChange((change) => latest.current(change)), [onChange]);
};
