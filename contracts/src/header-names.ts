/** Header names of the contract, in lower case; apart from the schemas so that the browser gets them without zod. */
export const headers = {
  siteId: 'x-site-id',
  requestId: 'x-request-id',
  consistencyToken: 'x-consistency-token',
  idempotencyKey: 'idempotency-key',
} as const;
