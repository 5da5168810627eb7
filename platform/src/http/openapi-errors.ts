import type { RouteAccess } from './route-access.ts';

const descriptions: Readonly<Record<number, string>> = {
  400: 'VALIDATION_ERROR: a value is not valid, or a name is not known',
  401: 'AUTHENTICATION_ERROR: not signed in, or no longer',
  403: 'AUTHORIZATION_ERROR: the caller may not do this',
  404: 'RESOURCE_NOT_FOUND: there is no such record',
  409: 'CONFLICT, INVALID_TRANSITION or IDEMPOTENCY_MISMATCH',
  412: 'PRECONDITION_FAILED: the record has changed since; `current` tells its revision',
  413: 'PAYLOAD_TOO_LARGE',
  415: 'UNSUPPORTED_MEDIA_TYPE: the body must be JSON',
  429: 'RATE_LIMITED: see Retry-After',
  500: 'INTERNAL_ERROR',
  503: 'SERVICE_UNAVAILABLE or PROJECTION_LAGGING: see Retry-After',
};

const envelope = { 'application/json': { schema: { $ref: '#/components/schemas/ErrorEnvelope' } } };

/** The error answers an operation can give, for its `responses`; those it describes itself are left to it. */
export const openApiErrorStatuses = (
  method: string,
  path: string,
  access: RouteAccess,
  described: Readonly<Record<string, object>>,
): Record<string, object> => {
  const changes = method !== 'get';
  const statuses = [
    400,
    ...(access.kind === 'public' ? [] : [401]),
    ...(access.kind === 'site' || access.kind === 'system' ? [403] : []),
    ...(path.includes('{') ? [404] : []),
    ...(changes ? [409, 413, 415] : []),
    ...(changes && path.includes('{') ? [412] : []),
    429,
    500,
    503,
  ];
  const missing = statuses.filter((status) => !(status in described));
  return Object.fromEntries(
    missing.map((status) => [status, { description: descriptions[status] ?? '', content: envelope }]),
  );
};
