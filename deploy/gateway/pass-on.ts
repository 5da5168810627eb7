import replyFrom from '@fastify/reply-from';
import { refusal } from '@ims/contracts/error-codes';
import { importBodyLimit } from '@ims/platform/http/build-server';
import { answerError, sendRefusal } from '@ims/platform/http/errors';
import { requestIdOf, setCommonHeaders } from '@ims/platform/http/request-context';
import type { Logger } from '@ims/platform/observability/logger';
import { nothingDoneHeader } from '@ims/platform/process/starting-server';
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { isNeverSent, mayRepeat } from './may-repeat.ts';
import type { Upstreams } from './upstreams.ts';

/** A little longer than a service takes at most, so that its own answer arrives first. */
const answerTimeoutMs = 35_000;

/** Of one connection alone (RFC 9110, 7.6.1); `expect` was met when the body was read. */
const hopByHop = [
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'expect',
];

type Passing = { readonly upstreams: Upstreams; readonly logger: Logger; readonly service: string };

/**
 * Passes requests on to one of several processes of a service, and to the next one where that cannot do anything
 * twice (`mayRepeat`). Bodies are kept whole for that; answers, event streams among them, flow through unbuffered.
 */
export const buildPassOn = async (
  options: Passing & { readonly trustedProxies?: readonly string[] | undefined },
): Promise<FastifyInstance> => {
  const { trustedProxies = [] } = options;
  const app = fastify({
    logger: false,
    genReqId: requestIdOf,
    bodyLimit: importBodyLimit,
    trustProxy: trustedProxies.length > 0 ? [...trustedProxies] : false,
    exposeHeadRoutes: false,
    frameworkErrors: (error, request, reply) => {
      setCommonHeaders(request as FastifyRequest, reply as FastifyReply);
      answerError(error, request as FastifyRequest, reply as FastifyReply);
    },
  });
  app.setErrorHandler(answerError);
  // For answers of our own; those of a service bring theirs, which win.
  app.addHook('onRequest', (request, reply, done) => {
    setCommonHeaders(request, reply);
    done();
  });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  await app.register(replyFrom, {
    disableRequestLogging: true,
    disableCache: true,
    // Every open event stream holds a connection; nobody is held back by a full pool.
    undici: { connections: null, headersTimeout: answerTimeoutMs, bodyTimeout: 0, connectTimeout: 2_000 },
    destroyAgent: true,
  });
  app.setNotFoundHandler((_request, reply) => sendRefusal(reply, nothingThere));
  app.all('/*', (request, reply) => {
    if (climbs(request.raw.url ?? '/')) return sendRefusal(reply, nothingThere);
    return passOn(request, reply, { ...options, left: options.upstreams.inTurn() });
  });
  await app.ready();
  return app;
};

const nothingThere = refusal('RESOURCE_NOT_FOUND', 'There is nothing at this address');
const nobodyThere = refusal('SERVICE_UNAVAILABLE', 'A part of the system cannot be reached; try again in a moment');
const perhapsDone = refusal(
  'SERVICE_UNAVAILABLE',
  'The answer was lost on the way; look whether the change was made before you make it again',
);

const climbs = (url: string): boolean => /(?:^|\/)\.\.(?:\/|$)/.test(decodeURIComponent(url.split('?', 1)[0] ?? '/'));

type Attempt = Passing & { readonly left: readonly string[] };

const passOn = (request: FastifyRequest, reply: FastifyReply, attempt: Attempt): FastifyReply => {
  const [address, ...left] = attempt.left;
  if (address === undefined) return sendRefusal(reply, nobodyThere);
  const { upstreams, logger, service } = attempt;
  const next = (): FastifyReply => passOn(request, reply, { ...attempt, left });
  const passed = { method: request.method, headers: request.headers };
  return reply.from(undefined, {
    ...bodyOf(request),
    getUpstream: () => address,
    // This library would repeat what was answered with 503.
    retryDelay: () => null,
    rewriteRequestHeaders: () => headersFor(request),
    rewriteHeaders: (headers) => withoutHops(headers),
    onResponse: (_request, _reply, { stream, statusCode }) => {
      if (statusCode !== 503 || !reply.hasHeader(nothingDoneHeader)) {
        reply.send(stream);
        return;
      }
      stream.resume();
      upstreams.unreachable(address);
      for (const name of Object.keys(reply.getHeaders())) reply.removeHeader(name);
      setCommonHeaders(request, reply);
      next();
    },
    onError: (_reply, { error }) => {
      if (isNeverSent(error)) upstreams.unreachable(address);
      logger.debug(
        { operation: 'pass on', service, left: left.length, reason: String(error.cause ?? error) },
        'Failed',
      );
      if (mayRepeat(error, passed)) next();
      else sendRefusal(reply, perhapsDone);
    },
  });
};

/** The body as it came; nothing for a request without one. */
const bodyOf = ({ body, headers }: FastifyRequest): { readonly body?: unknown; readonly contentType?: string } => {
  if (!Buffer.isBuffer(body)) return {};
  if (body.length === 0) return { body: null };
  return { body, contentType: headers['content-type'] ?? 'application/octet-stream' };
};

/** What the caller sent, with our word for who that is: what it says of itself is believed from trusted proxies only. */
const headersFor = (request: FastifyRequest) => {
  const { body, raw } = request;
  const { 'content-length': _length, ...headers } = withoutHops(raw.headers);
  return {
    ...headers,
    ...(Buffer.isBuffer(body) ? { 'content-length': String(body.length) } : {}),
    'x-forwarded-for': request.ip,
    'x-request-id': request.id,
  };
};

const withoutHops = <Headers extends Readonly<Record<string, unknown>>>(headers: Headers): Headers => {
  const named = typeof headers.connection === 'string' ? headers.connection.toLowerCase().split(/\s*,\s*/) : [];
  const dropped = new Set([...hopByHop, ...named]);
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !dropped.has(name))) as Headers;
};
