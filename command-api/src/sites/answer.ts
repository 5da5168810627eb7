import type { Site as SiteAnswer } from '@ims/contracts/sites/api';
import type { Site } from './site.ts';

/** The site as an answer shows it; `userId` is the caller, whose role it says. */
export const toAnswer = (id: string, site: Site, userId: string): SiteAnswer => {
  if (site.situation === 'unknown') throw new Error(`Site ${id} was accepted but has no events`);
  const { situation, members, interactionTypes, retiredTypes, ...rest } = site;
  return {
    id,
    ...rest,
    active: situation === 'active',
    interactionTypes: [...interactionTypes],
    retiredTypes: [...retiredTypes],
    role: members.get(userId) ?? null,
  };
};
