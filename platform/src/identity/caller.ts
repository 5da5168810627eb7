import type { SiteRole, SystemRole } from '@ims/contracts/permissions';
import type { SiteSettings } from '@ims/contracts/sites/settings';

/** Who makes a call: a signed-in user with the roles of this moment. `sessionId` names the sign-in (refresh family); an external issuer's token has none. */
export type Caller = {
  readonly userId: string;
  readonly sessionId: string | undefined;
  readonly systemRoles: readonly SystemRole[];
  readonly active: boolean;
};

/** The site a call acts on. `role` is the caller's there; undefined when a system role opened the site. */
export type CallerSite = {
  readonly id: string;
  readonly role: SiteRole | undefined;
  readonly name: string;
  readonly active: boolean;
  readonly settings: SiteSettings;
  readonly interactionTypes: readonly string[];
};
