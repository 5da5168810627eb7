import { headers } from '@ims/contracts/site-scope';

type Sent = { readonly method: string; readonly headers: Readonly<Record<string, unknown>> };

/** Errors of a connection that was never made: nothing of the request has left. */
const neverSent = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EHOSTUNREACH', 'EAI_AGAIN', 'UND_ERR_CONNECT_TIMEOUT']);

/** Codes of the error and of what caused it. */
const codesOf = (error: unknown): readonly string[] => {
  if (!(error instanceof Error)) return [];
  const own = 'code' in error && typeof error.code === 'string' ? [error.code] : [];
  const inner = error instanceof AggregateError ? error.errors.flatMap(codesOf) : [];
  return [...own, ...inner, ...codesOf(error.cause)];
};

export const isNeverSent = (error: unknown): boolean => codesOf(error).some((code) => neverSent.has(code));

export const isTimeout = (error: unknown): boolean => codesOf(error).includes('UND_ERR_HEADERS_TIMEOUT');

/**
 * Whether a request that failed may go to another process: when it cannot have been carried out, when it only reads,
 * or when its idempotency key makes it the same command again. Who did not answer in time is not asked elsewhere.
 */
export const mayRepeat = (error: unknown, { method, headers: given }: Sent): boolean => {
  if (isNeverSent(error)) return true;
  if (isTimeout(error)) return false;
  return method === 'GET' || method === 'HEAD' || typeof given[headers.idempotencyKey] === 'string';
};
