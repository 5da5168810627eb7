import { ownAddress } from '@ims/contracts/auth/asked-address';
import { ExternalIssuerList, ExternalParams, type ExternalProblem } from '@ims/contracts/auth/external';
import { refusal } from '@ims/contracts/error-codes';
import type { Server } from '@ims/platform/http/build-server';
import { sendRefusal } from '@ims/platform/http/errors';
import type { ExternalIssuer } from '@ims/platform/identity/external-issuers';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Auth } from '../auth/auth.ts';
import { readRefreshCookie, refuseForeignPage, setRefreshCookie } from '../auth/refresh-cookie.ts';
import type { ExternalAttempt, ExternalCookie } from './external-cookie.ts';
import type { FindUser } from './find-user.ts';
import { type ExternalPerson, type IssuerClient, isAway } from './issuer-client.ts';

export type ExternalRouteOptions = {
  readonly issuers: readonly ExternalIssuer[];
  /** By the issuer's name. */
  readonly clients: ReadonlyMap<string, IssuerClient>;
  readonly cookie: ExternalCookie;
  readonly findUser: FindUser;
  readonly startSession: Auth['startSession'];
  readonly sessionOf: Auth['sessionOf'];
};

const isPublic = { access: { kind: 'public' } } as const;
const noIssuer = refusal('RESOURCE_NOT_FOUND', 'There is no such issuer');
const StartQuery = z.strictObject({
  to: z.string().max(8_192).optional(),
  remember: z.enum(['true', 'false']).optional(),
});
/** Issuers add parameters of their own. */
const CallbackQuery = z.looseObject({});

/** Registered under `/api/v1/auth/external`: signing in by an issuer of the configuration. */
export const externalRoutes: FastifyPluginAsyncZod<ExternalRouteOptions> = async (app, options) => {
  app.get(
    '/',
    {
      config: isPublic,
      schema: { tags: ['auth'], summary: 'Who else people can sign in by', response: { 200: ExternalIssuerList } },
    },
    async () => ({ issuers: options.issuers.map(({ name, label }) => ({ name, label })) }),
  );
  startRoute(app, options);
  callbackRoute(app, options);
};

const named = ({ issuers, clients }: ExternalRouteOptions, name: string) => {
  const issuer = issuers.find((one) => one.name === name);
  const client = clients.get(name);
  return issuer && client ? { issuer, client } : undefined;
};

const startRoute = (app: Server, options: ExternalRouteOptions): void => {
  app.get(
    '/:issuer/start',
    {
      config: isPublic,
      schema: {
        tags: ['auth'],
        summary: 'Go to an issuer to sign in',
        params: ExternalParams,
        querystring: StartQuery,
        response: { 302: z.null().describe('To the issuer; to /sign-in?external=unavailable while it is away') },
      },
    },
    async (request, reply) => {
      const found = named(options, request.params.issuer);
      if (!found) return sendRefusal(reply, noIssuer);
      const to = ownAddress(request.query.to);
      // Another site's page must not begin what ends in a sign-in here.
      if (refuseForeignPage(request)) return toSignIn(reply, 'refused', to);
      try {
        const { address, ...checks } = await found.client.begin();
        const remember = request.query.remember === 'true';
        const replaces = await sessionOfBrowser(options, request);
        options.cookie.set(reply, { issuer: found.issuer.name, to, remember, replaces, ...checks });
        return reply.redirect(address, 302);
      } catch (error) {
        request.log.error({ err: error, operation: 'external-sign-in' }, `${found.issuer.name} cannot be reached`);
        return toSignIn(reply, 'unavailable', to);
      }
    },
  );
};

const callbackRoute = (app: Server, options: ExternalRouteOptions): void => {
  app.get(
    '/:issuer/callback',
    {
      config: isPublic,
      schema: {
        tags: ['auth'],
        summary: 'The way back from an issuer',
        params: ExternalParams,
        querystring: CallbackQuery,
        response: { 302: z.null().describe('To the address that was asked for, signed in; or to /sign-in?external=…') },
      },
    },
    async (request, reply) => {
      const found = named(options, request.params.issuer);
      if (!found) return sendRefusal(reply, noIssuer);
      const attempt = options.cookie.take(request, reply);
      if (attempt?.issuer !== found.issuer.name) return toSignIn(reply, 'expired', '/');
      const person = await confirm(found, attempt, request);
      if (typeof person === 'string') return toSignIn(reply, person, attempt.to);
      const userId = await options.findUser(found.issuer, person, request);
      if (userId === undefined) return toSignIn(reply, 'not-linked', attempt.to);
      const { remember, to, replaces } = attempt;
      const session = await options.startSession({ userId, method: 'external', remember, request, replaces });
      setRefreshCookie(reply, session.refreshToken);
      return reply.redirect(to, 302);
    },
  );
};

/** Found out before the browser leaves: its refresh cookie does not come along when an issuer sends it back. */
const sessionOfBrowser = async (
  { sessionOf }: Pick<ExternalRouteOptions, 'sessionOf'>,
  request: FastifyRequest,
): Promise<string | null> => {
  const token = readRefreshCookie(request);
  return token === undefined ? null : ((await sessionOf(token)) ?? null);
};

/** Whom the issuer confirms, or the problem. Codes and tokens stay out of the log. */
const confirm = async (
  { issuer, client }: { readonly issuer: ExternalIssuer; readonly client: IssuerClient },
  attempt: ExternalAttempt,
  request: FastifyRequest,
): Promise<ExternalPerson | ExternalProblem> => {
  const at = (request.raw.url ?? '').indexOf('?');
  const query = at === -1 ? '' : (request.raw.url ?? '').slice(at);
  try {
    return await client.finish(query, attempt);
  } catch (error) {
    const problem = isAway(error) ? 'unavailable' : 'refused';
    const because = error instanceof Error ? `${error.name}: ${error.message}` : 'unknown';
    request.log.warn({ operation: 'external-sign-in', issuer: issuer.name, because }, `External sign-in ${problem}`);
    return problem;
  }
};

const toSignIn = (reply: FastifyReply, problem: ExternalProblem, to: string): FastifyReply => {
  const parameters = new URLSearchParams({ external: problem, ...(to === '/' ? {} : { to }) });
  return reply.redirect(`/sign-in?${parameters}`, 302);
};
