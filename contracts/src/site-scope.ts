import { z } from 'zod';
import { Uuid } from './ids.ts';

export { headers } from './header-names.ts';

/** A site-scoped call names its site in the query or in the header `X-Site-Id`; both must agree. */
export const siteScopeQuery = { siteId: Uuid.optional() };
export const SiteScopeQuery = z.strictObject(siteScopeQuery);
