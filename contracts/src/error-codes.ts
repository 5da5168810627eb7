import { z } from 'zod';

/** Every code an answer's error can carry, with its HTTP status (`3-api.md`, Conventions). */
export const errorCodes = {
  VALIDATION_ERROR: 400,
  AUTHENTICATION_ERROR: 401,
  PASSWORD_EXPIRED: 401,
  ACCOUNT_LOCKED: 401,
  AUTHORIZATION_ERROR: 403,
  RESOURCE_NOT_FOUND: 404,
  METHOD_NOT_ALLOWED: 405,
  CONFLICT: 409,
  INVALID_TRANSITION: 409,
  IDEMPOTENCY_MISMATCH: 409,
  PRECONDITION_FAILED: 412,
  PAYLOAD_TOO_LARGE: 413,
  UNSUPPORTED_MEDIA_TYPE: 415,
  RATE_LIMITED: 429,
  INTERNAL_ERROR: 500,
  PROJECTION_LAGGING: 503,
  SERVICE_UNAVAILABLE: 503,
} as const;
export type ErrorCode = keyof typeof errorCodes;

/** What is wrong with one field or parameter; `field` is its name, with dots into nested values. */
export const ErrorDetail = z.object({ field: z.string(), message: z.string() });
export type ErrorDetail = z.infer<typeof ErrorDetail>;

/** Where a record stands now, beside PRECONDITION_FAILED; `updatedBy` is a name in answers, a user id inside. */
export const CurrentRevision = z.object({
  revision: z.number().int().min(0),
  updatedAt: z.string(),
  updatedBy: z.string(),
});
export type CurrentRevision = z.infer<typeof CurrentRevision>;

/** The one shape of every 4xx and 5xx answer. */
export const ErrorEnvelope = z
  .object({
    status: z.literal('error'),
    error: z.object({
      code: z.enum(Object.keys(errorCodes) as [ErrorCode, ...ErrorCode[]]),
      message: z.string(),
      details: z.array(ErrorDetail),
      requestId: z.string(),
      current: CurrentRevision.optional(),
    }),
  })
  .meta({ id: 'ErrorEnvelope' });
export type ErrorEnvelope = z.infer<typeof ErrorEnvelope>;

/** A refusal: the domain's own "no", a value that is returned and never thrown. */
export type Refusal = {
  readonly refused: true;
  readonly code: ErrorCode;
  readonly message: string;
  readonly details: readonly ErrorDetail[];
  readonly current?: CurrentRevision;
};

/** Makes a refusal. `details` names the fields at fault, where there are any. */
export const refusal = (code: ErrorCode, message: string, details: readonly ErrorDetail[] = []): Refusal => ({
  refused: true,
  code,
  message,
  details,
});

export const isRefusal = (value: unknown): value is Refusal =>
  typeof value === 'object' && value !== null && 'refused' in value && value.refused === true;
