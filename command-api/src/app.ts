import type { EventLog } from '@ims/platform/event-log/event-log';
import { buildServer, type Server, type ServerOptions } from '@ims/platform/http/build-server';
import { type HealthOptions, healthRoutes } from '@ims/platform/http/health';
import { openApiDocument } from '@ims/platform/http/openapi';
import type { AccessReader } from '@ims/platform/identity/access';
import { createDisplayNames } from '@ims/platform/identity/display-names';
import type { Messages } from '@ims/platform/messages/messages';
import type { Metrics } from '@ims/platform/observability/metrics';
import type pg from 'pg';
import { type Auth, keySetRoute } from './auth/auth.ts';
import { createProfileSaving } from './auth/profile.ts';
import { authRoutes } from './auth/routes.ts';
import { checkMail } from './background.ts';
import { createAwaitProjection } from './command-handling/await-projection.ts';
import { createCommandReplies } from './command-handling/command-replies.ts';
import type { Commands } from './commands.ts';
import { type ExternalRouteOptions, externalRoutes } from './external-identity/routes.ts';
import { importRoutes } from './interactions/import-routes.ts';
import { interactionRoutes } from './interactions/routes.ts';
import { createInteractionWarnings } from './interactions/warnings.ts';
import { invitationRoutes } from './invitations/routes.ts';
import type { PublicLinks } from './mail/links.ts';
import type { Outbox } from './mail/outbox.ts';
import { operationRoutes } from './operations/routes.ts';
import { siteRoutes } from './sites/routes.ts';
import { createAdministration } from './users/administration.ts';
import { createDefaultSiteChoice } from './users/default-site.ts';
import { userRoutes } from './users/routes.ts';

export type CommandApiOptions = Pick<
  ServerOptions,
  'version' | 'logger' | 'verifier' | 'denials' | 'liveSessions' | 'rateLimits' | 'rateLimitStore' | 'trustedProxies'
> & {
  readonly pool: pg.Pool;
  readonly log: EventLog;
  readonly messages: Messages;
  readonly commands: Commands;
  readonly auth: Auth;
  readonly outbox: Outbox;
  readonly links: PublicLinks;
  /** Signing in by external issuers; without it nobody can. */
  readonly externalIdentity?: ExternalRouteOptions | undefined;
  /** Uncached: a role that ended must end for the very next command. */
  readonly accessReader: AccessReader;
  /** Health checks of the engines, beside those that this service has itself. */
  readonly healthChecks?: HealthOptions['checks'];
  readonly metrics?: Metrics | undefined;
  /** Version of the tz data that wall times are resolved with. */
  readonly tzData: string;
};

/** Names in answers to commands may be this old. */
const rememberedMs = 2_000;

/** The command API, ready but not listening. Closing it leaves pool, log and messages open. */
export const buildCommandApi = async (options: CommandApiOptions): Promise<Server> => {
  const {
    pool,
    log,
    messages,
    commands,
    auth,
    outbox,
    links,
    externalIdentity,
    accessReader,
    tzData,
    healthChecks: _checks,
    metrics,
    ...server
  } = options;
  const { contexts, handle, reservations, registerUser } = commands;
  const names = createDisplayNames(pool, { ttlMs: rememberedMs });
  const replies = createCommandReplies({ log, names });
  const warnings = createInteractionWarnings({ pool, tzData });
  const awaitProjection = createAwaitProjection({ pool, messages });
  const administration = createAdministration({ pool, commands, auth, names, links, outbox });
  const administering = { ...administration, contexts, handle, replies, reservations, awaitProjection, auth };
  const chooseDefaultSite = createDefaultSiteChoice({ contexts, handle, replies });
  const { signedInUsers } = auth.routeOptions;
  const saveProfile = createProfileSaving({ contexts, handle, replies, awaitProjection, signedInUsers });

  const app = await buildServer({ ...server, title: 'IMS command API', accessReader });
  metrics?.observeHttp(app);
  const checks = { ...ownChecks(options), ...options.healthChecks };
  await healthRoutes(app, { version: options.version, checks, others: { mail: checkMail(pool) } });
  await app.register(keySetRoute, auth);
  // For the query API in another process, which describes both.
  app.get('/.well-known/openapi.json', { config: { access: { kind: 'public' } }, schema: { hide: true } }, () =>
    openApiDocument(app),
  );
  await app.register(authRoutes, { prefix: '/api/v1/auth', ...auth.routeOptions, chooseDefaultSite, saveProfile });
  if (externalIdentity) await app.register(externalRoutes, { prefix: '/api/v1/auth/external', ...externalIdentity });
  await app.register(interactionRoutes, {
    prefix: '/api/v1/interactions',
    contexts,
    handle,
    replies,
    names,
    warnings,
    tzData,
  });
  await app.register(importRoutes, { prefix: '/api/v1/interactions', contexts, handle, replies, tzData });
  await app.register(siteRoutes, { prefix: '/api/v1/sites', ...administering });
  await app.register(userRoutes, {
    prefix: '/api/v1/users',
    ...administering,
    accessReader,
    register: registerUser,
  });
  await app.register(invitationRoutes, {
    prefix: '/api/v1/auth/invitation',
    ...administering,
    sitesOf: signedInUsers.sites,
  });
  await app.register(operationRoutes, { prefix: '/api/v1/operations', contexts, replies, log, pool });
  await app.ready();
  return app;
};

const ownChecks = ({ pool, log, auth }: CommandApiOptions): HealthOptions['checks'] => ({
  db: async () => {
    await pool.query('select 1');
    return { status: 'UP' };
  },
  storage: async () => ({ status: 'UP', details: { position: (await log.headPosition()).toString() } }),
  auth: async () => ({ status: 'UP', details: { keys: (await auth.signingKeys.keySet()).keys.length } }),
});
