import { constants } from 'node:zlib';
import compress from '@fastify/compress';
import cookie from '@fastify/cookie';
import swagger from '@fastify/swagger';
import { refusal } from '@ims/contracts/error-codes';
import fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  LogController,
  type RawReplyDefaultExpression,
  type RawRequestDefaultExpression,
  type RawServerDefault,
} from 'fastify';
import {
  createJsonSchemaTransform,
  createJsonSchemaTransformObject,
  validatorCompiler,
  type ZodTypeProvider,
} from 'fastify-type-provider-zod';
import type { AccessReader } from '../identity/access.ts';
import type { LiveSessions } from '../identity/live-sessions.ts';
import type { TokenVerifier } from '../identity/verify-token.ts';
import { createAuthorization } from './authorize.ts';
import { answerError, sendRefusal } from './errors.ts';
import { nodeServerOptions } from './node-server.ts';
import { acceptJsonOnly } from './parse-json.ts';
import { createRateLimiter, defaultRateLimits, type RateLimitStore, type RateLimits } from './rate-limit.ts';
import { type DenialRecorder, reportDenials } from './report-denials.ts';
import { logAnswer, requestIdOf, rewriteAlias, setCommonHeaders, startRequest } from './request-context.ts';
import { allowedMethods, watchRoutes } from './routes.ts';
import { serializerCompiler } from './serialize-answer.ts';

export type Server = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  ZodTypeProvider
>;

export type ServerOptions = {
  /** Shown in the OpenAPI document. */
  readonly title: string;
  readonly version: string;
  readonly logger: FastifyBaseLogger;
  readonly verifier: TokenVerifier;
  readonly accessReader: AccessReader;
  /** Whether a sign-in still holds; without it an access token holds to its end. */
  readonly liveSessions?: LiveSessions | undefined;
  /** Where refused calls of signed-in people are recorded; closed with the server. */
  readonly denials?: DenialRecorder | undefined;
  /** Default: those of the contract, counted in this process. */
  readonly rateLimits?: RateLimits | 'off';
  readonly rateLimitStore?: RateLimitStore;
  /** Addresses of proxies whose `X-Forwarded-For` is believed; default none. */
  readonly trustedProxies?: readonly string[];
};

/** Bytes of a body unless its route sets `bodyLimit`. */
export const bodyLimit = 1_048_576;
/** Bytes of an import's body, to be set as `bodyLimit` of its route. */
export const importBodyLimit = 5 * bodyLimit;

/**
 * A server with everything routes share: request ids, the error envelope, limits, sign-in and roles, strict queries
 * and bodies, allow-list answers, OpenAPI. Register routes as plugins on it, each with `config: { access }`; then
 * `ready()`, which rejects when one lacks it. Serve it by `listen()` or by passing requests to `app.routing`.
 */
export const buildServer = async (options: ServerOptions): Promise<Server> => {
  const app = createApp(options);
  // An expectation that is not known may be overlooked; node would answer it outside the envelope.
  app.server.on('checkExpectation', (request, response) => app.routing(request, response));
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  app.setErrorHandler(answerError);
  app.setNotFoundHandler((request, reply) => answerUnknown(app, request, reply));
  app.decorateRequest('caller', null);
  app.decorateRequest('site', null);
  app.decorateRequest('denied', null);
  acceptJsonOnly(app);
  watchRoutes(app);
  await app.register(swagger, documentOptions(options));
  await app.register(cookie);
  await app.register(compress, {
    globalDecompression: false,
    threshold: 1_024,
    // Event streams must not wait in a compressor's buffer.
    customTypes: /^(?:application\/(?:json|x-ndjson|.*\+json)|text\/(?:html|css|csv|plain))(?:;|$)/,
    brotliOptions: { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } },
    zlibOptions: { level: 5 },
  });
  const { verifier, accessReader, liveSessions, rateLimits = defaultRateLimits, rateLimitStore } = options;
  app.addHook('onRequest', startRequest);
  const rateLimiter = createRateLimiter(rateLimits, rateLimitStore);
  app.addHook('onRequest', createAuthorization({ verifier, accessReader, liveSessions, rateLimiter }));
  app.addHook('onResponse', logAnswer);
  const { denials } = options;
  if (denials) {
    app.addHook('onResponse', reportDenials(denials));
    app.addHook('onClose', () => denials.close());
  }
  return app;
};

const createApp = ({ logger, trustedProxies = [] }: ServerOptions): Server =>
  fastify({
    loggerInstance: logger,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'correlationId' }),
    requestIdHeader: false,
    genReqId: requestIdOf,
    rewriteUrl: rewriteAlias,
    trustProxy: trustedProxies.length > 0 ? [...trustedProxies] : false,
    bodyLimit,
    ...nodeServerOptions,
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 255 },
    frameworkErrors: (error, request, reply) => {
      setCommonHeaders(request as FastifyRequest, reply as FastifyReply);
      answerError(error, request as FastifyRequest, reply as FastifyReply);
    },
  }).withTypeProvider<ZodTypeProvider>();

const answerUnknown = (app: Server, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
  const path = (request.raw.url ?? '/').split('?', 1)[0] ?? '/';
  const methods = allowedMethods(app, path);
  // A route that takes the method and yet has nothing there: a missing file.
  if (methods.length === 0 || methods.includes(request.method))
    return sendRefusal(reply, refusal('RESOURCE_NOT_FOUND', 'There is nothing at this address'));
  reply.header('allow', methods.join(', '));
  return sendRefusal(reply, refusal('METHOD_NOT_ALLOWED', `This address answers to ${methods.join(', ')} only`));
};

const documentOptions = ({ title, version }: ServerOptions) => ({
  openapi: {
    openapi: '3.1.0' as const,
    info: { title, version },
    components: {
      securitySchemes: { bearer: { type: 'http' as const, scheme: 'bearer', bearerFormat: 'JWT' } },
    },
  },
  transform: createJsonSchemaTransform({ zodToJsonConfig: { unrepresentable: 'any' } }),
  transformObject: createJsonSchemaTransformObject({ zodToJsonConfig: { unrepresentable: 'any' } }),
});
