import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { type Refusal, refusal } from '@ims/contracts/error-codes';
import { unstorableText } from '@ims/contracts/text';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { maskIp } from '../observability/logger.ts';
import { sendRefusal } from './errors.ts';
// Declares what requests and routes carry.
import type {} from './route-access.ts';

/** Longer addresses are refused with 413; a Finder address with every filter filled in has about 2,000 characters. */
export const longestUrl = 8_192;

const safeRequestId = /^[\w.:-]{1,128}$/;

/** The caller's `X-Request-Id` where it is safe to repeat in headers and logs, else a new one. */
export const requestIdOf = (request: Pick<IncomingMessage, 'headers'>): string => {
  const given = request.headers['x-request-id'];
  return typeof given === 'string' && safeRequestId.test(given) ? given : randomUUID();
};

/** `/api/**` is an alias of `/api/v1/**`; `/api/docs` is a page of its own. */
export const rewriteAlias = (request: Pick<IncomingMessage, 'url'>): string => {
  const url = request.url ?? '/';
  if (!url.startsWith('/api/') || url.startsWith('/api/v1/') || /^\/api\/(?:v1|docs)(?:[/?]|$)/.test(url)) return url;
  return `/api/v1${url.slice('/api'.length)}`;
};

/** Nothing of an answer may be run, loaded or framed, should a browser ever show it as a page. */
const answersPolicy = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** Headers of every answer of an API; nothing of it is kept by a browser or proxy, or shown as a page. */
export const setCommonHeaders = (request: FastifyRequest, reply: FastifyReply): void => {
  reply.header('x-request-id', request.id);
  reply.header('cache-control', 'no-store');
  reply.header('x-content-type-options', 'nosniff');
  reply.header('content-security-policy', answersPolicy);
  reply.header('cross-origin-resource-policy', 'same-origin');
  reply.header('referrer-policy', 'no-referrer');
};

/** First hook of every request. */
export const startRequest = (request: FastifyRequest, reply: FastifyReply, done: () => void): void => {
  setCommonHeaders(request, reply);
  const problem = hostProblem(request) ?? urlProblem(request.raw.url ?? '/', request.query);
  if (problem) sendRefusal(reply, problem);
  else done();
};

const hostProblem = ({ raw }: FastifyRequest): Refusal | undefined =>
  raw.httpVersion === '1.1' && raw.headers.host === undefined
    ? refusal('VALIDATION_ERROR', 'The request needs a Host header')
    : undefined;

const urlProblem = (url: string, query: unknown): Refusal | undefined => {
  if (url.length > longestUrl) return refusal('PAYLOAD_TOO_LARGE', 'The address is too long');
  const mark = url.indexOf('?');
  if (mark === -1 || url.indexOf('%', mark) === -1) return undefined;
  try {
    decodeURIComponent(url.slice(mark + 1));
  } catch {
    return refusal('VALIDATION_ERROR', 'The address is not a valid URL');
  }
  const details = Object.entries(query as Record<string, unknown>).flatMap(([field, value]) => {
    const problem = [field, value]
      .flat()
      .map((text) => unstorableText(String(text)))
      .find((found) => found);
    return problem ? [{ field, message: `The parameter ${field} ${problem.toLowerCase()}` }] : [];
  });
  const [first] = details;
  return first ? refusal('VALIDATION_ERROR', first.message, details) : undefined;
};

/** Last hook of every request: one line that tells who did what for how long, without content. */
export const logAnswer = (request: FastifyRequest, reply: FastifyReply, done: () => void): void => {
  request.log.info(
    {
      operation: `${request.method} ${request.routeOptions.url ?? '(unknown route)'}`,
      status: reply.statusCode,
      durationMs: Math.round(reply.elapsedTime * 100) / 100,
      userId: request.caller?.userId,
      siteId: request.site?.id,
      ip: maskIp(request.ip),
    },
    'Answered',
  );
  done();
};
