import { z } from 'zod';
import { Uuid } from './ids.ts';

/** A site-scoped call names its site in the query or in the header `X-Site-Id`; both must agree. */
export const siteScopeQuery = { siteId: Uuid.optional() };
export const SiteScopeQuery = z.strictObject(siteScopeQuery);

/** Header names of the contract, in lower case. */
export const headers = {
  siteId: 'x-site-id',
  requestId: 'x-request-id',
  consistencyToken: 'x-consistency-token',
  idempotencyKey: 'idempotency-key',
} as const;
