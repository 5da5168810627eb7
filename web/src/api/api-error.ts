import type { ErrorCode, ErrorDetail, ErrorEnvelope } from '@ims/contracts/error-codes';

export type CurrentRevision = NonNullable<ErrorEnvelope['error']['current']>;
type Problem = {
  readonly status: number;
  readonly code: ErrorCode | 'CONNECTION_LOST';
  readonly message: string;
  readonly details?: readonly ErrorDetail[];
  readonly requestId?: string;
  readonly current?: CurrentRevision | undefined;
  readonly retryAfterMs?: number;
};

/** What the server answered instead of the thing asked for; `CONNECTION_LOST` where no answer came. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: Problem['code'];
  readonly details: readonly ErrorDetail[];
  readonly requestId: string;
  readonly current: CurrentRevision | undefined;
  readonly retryAfterMs: number | undefined;

  constructor(problem: Problem, options?: ErrorOptions) {
    super(problem.message, options);
    this.name = 'ApiError';
    this.status = problem.status;
    this.code = problem.code;
    this.details = problem.details ?? [];
    this.requestId = problem.requestId ?? '';
    this.current = problem.current;
    this.retryAfterMs = problem.retryAfterMs;
  }
}

/** True where the outcome is unknown or the server asks to come again: the same request may be sent once more. */
export const isWorthRepeating = (error: unknown): boolean =>
  error instanceof ApiError && (error.code === 'CONNECTION_LOST' || error.status === 503 || error.status === 502);

const isEnvelope = (body: unknown): body is ErrorEnvelope =>
  typeof body === 'object' && body !== null && 'error' in body && typeof body.error === 'object' && body.error !== null;

const retryAfter = (response: Response): { retryAfterMs?: number } => {
  const seconds = Number(response.headers.get('retry-after') ?? Number.NaN);
  return Number.isFinite(seconds) ? { retryAfterMs: seconds * 1_000 } : {};
};

/** Reads an error answer; whatever is not our envelope (a gateway's page) becomes SERVICE_UNAVAILABLE. */
export const readApiError = async (response: Response): Promise<ApiError> => {
  const body: unknown = await response.json().catch(() => undefined);
  const requestId = response.headers.get('x-request-id') ?? '';
  if (isEnvelope(body)) return new ApiError({ ...body.error, status: response.status, ...retryAfter(response) });
  return new ApiError({
    status: response.status,
    code: 'SERVICE_UNAVAILABLE',
    message: 'The server cannot answer now.',
    requestId,
    ...retryAfter(response),
  });
};

export const connectionLost = (cause: unknown): ApiError =>
  new ApiError({ status: 0, code: 'CONNECTION_LOST', message: 'There is no connection to the server.' }, { cause });
