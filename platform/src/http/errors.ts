import { type ErrorDetail, type ErrorEnvelope, errorCodes, type Refusal } from '@ims/contracts/error-codes';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import { isUnavailable } from './unavailable.ts';
import { type ValidationContext, validationDetails } from './validation-details.ts';

type Answer = Pick<Refusal, 'code' | 'message' | 'current'> & { readonly details?: readonly ErrorDetail[] };

/** Seconds after which a caller may try again when a dependency is away. */
const retryAfterSeconds = 2;

/** The text of the one error envelope of `3-api.md`. */
export const errorBody = ({ code, message, details = [], current }: Answer, requestId: string): string =>
  JSON.stringify({
    status: 'error',
    error: { code, message, details: [...details], requestId, ...(current ? { current } : {}) },
  } satisfies ErrorEnvelope);

/** The one way to answer a refusal: status from its code, body in the envelope. Return what it returns. */
export const sendRefusal = (reply: FastifyReply, refusal: Refusal): FastifyReply => sendError(reply, refusal);

const sendError = (reply: FastifyReply, answer: Answer): FastifyReply => {
  const status = errorCodes[answer.code];
  if (status === 503 && !reply.hasHeader('retry-after')) reply.header('retry-after', retryAfterSeconds);
  if (status === 401) reply.header('www-authenticate', 'Bearer');
  return reply
    .code(status)
    .type('application/json; charset=utf-8')
    .removeHeader('etag')
    .serializer(asText)
    .send(errorBody(answer, reply.request.id));
};

const asText = (payload: string): string => payload;

/** Turns whatever a hook, a parser or a handler threw into the envelope; the answer never tells the cause of a crash. */
export const answerError = (error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
  const answer = answerFor(error);
  if (answer.code === 'INTERNAL_ERROR') request.log.error({ err: error, operation: operationOf(request) }, 'Crash');
  if (answer.code === 'SERVICE_UNAVAILABLE') {
    request.log.error({ err: error, operation: operationOf(request) }, 'A dependency is unavailable');
  }
  return sendError(reply, answer);
};

const answerFor = (error: unknown): Answer => {
  if (hasZodFastifySchemaValidationErrors(error)) {
    return invalid(validationDetails(error.validation, contextOf(error)));
  }
  if (isBrokenOff(error)) return { code: 'VALIDATION_ERROR', message: 'The request was broken off' };
  if (isUnavailable(error)) {
    return { code: 'SERVICE_UNAVAILABLE', message: 'A part of the system cannot be reached; try again in a moment' };
  }
  return (isFastifyError(error) ? answerForFastify(error) : undefined) ?? crash;
};

/** The caller hung up before the body was complete (Node's error, with the status that Fastify gave it). */
const isBrokenOff = (error: unknown): boolean =>
  error instanceof Error && error.message === 'aborted' && 'statusCode' in error && error.statusCode === 400;

const crash: Answer = { code: 'INTERNAL_ERROR', message: 'Something went wrong on our side' };

const contextOf = (error: object): ValidationContext =>
  'validationContext' in error ? (error.validationContext as ValidationContext) : 'body';

/** The answer to values that are not valid; says the sentence itself where there is only one. */
export const invalid = (details: readonly ErrorDetail[]): Answer => {
  const [first] = details;
  const message = first && details.length === 1 ? first.message : `${details.length} values are not valid`;
  return { code: 'VALIDATION_ERROR', message, details };
};

const isFastifyError = (error: unknown): error is FastifyError =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' && error.code.startsWith('FST_');

/** Only what a caller can cause; any other error of Fastify is our own mistake and a crash. */
const answerForFastify = ({ code, statusCode = 500 }: FastifyError): Answer | undefined => {
  if (statusCode === 413) return { code: 'PAYLOAD_TOO_LARGE', message: 'The request body is too large' };
  if (statusCode === 415 || code === 'FST_ERR_ROUTE_MISSING_CONTENT_TYPE') {
    return { code: 'UNSUPPORTED_MEDIA_TYPE', message: 'The request body must be JSON in UTF-8 (application/json)' };
  }
  if (code === 'FST_ERR_BAD_URL') return { code: 'VALIDATION_ERROR', message: 'The address is not a valid URL' };
  if (code === 'FST_ERR_MAX_PARAM_LENGTH') {
    return { code: 'VALIDATION_ERROR', message: 'A part of the address is too long' };
  }
  if (code.startsWith('FST_ERR_CTP_') && statusCode < 500) {
    return { code: 'VALIDATION_ERROR', message: 'The request body is not valid JSON' };
  }
  return undefined;
};

const operationOf = (request: FastifyRequest): string =>
  `${request.method} ${request.routeOptions?.url ?? '(unknown route)'}`;
