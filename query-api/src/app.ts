import type { EventLog } from '@ims/platform/event-log/event-log';
import { buildServer, type Server, type ServerOptions } from '@ims/platform/http/build-server';
import { type HealthOptions, healthRoutes } from '@ims/platform/http/health';
import type { OpenApiDocument } from '@ims/platform/http/openapi';
import { cachedAccessReader, createAccessReader } from '@ims/platform/identity/access';
import { createDisplayNames } from '@ims/platform/identity/display-names';
import type { TokenVerifier } from '@ims/platform/identity/verify-token';
import type { Messages } from '@ims/platform/messages/messages';
import type pg from 'pg';
import { apiDocsRoutes } from './api-docs/routes.ts';
import { followMessages } from './follow-messages.ts';
import { createChanges } from './interactions/changes.ts';
import { createCursors } from './interactions/cursor.ts';
import { createLiveChanges } from './interactions/live-changes.ts';
import { interactionRoutes } from './interactions/routes.ts';
import type { QueryContext } from './query-context.ts';
import { createReadYourWrites } from './read-your-writes.ts';
import { createSharedTables, createSiteScope } from './site-scope.ts';
import { siteRoutes } from './sites/routes.ts';
import { userRoutes } from './users/routes.ts';

export type QueryApiOptions = Pick<
  ServerOptions,
  'version' | 'logger' | 'rateLimits' | 'rateLimitStore' | 'trustedProxies'
> & {
  /** From `createQueryPool`; the caller closes it after the server. */
  readonly pool: pg.Pool;
  readonly log: Pick<EventLog, 'headPosition' | 'epoch'>;
  readonly messages: Messages;
  readonly verifier: TokenVerifier;
  /** Secret of this installation: who has it can make cursors. */
  readonly cursorKey: Buffer;
  /** The OpenAPI document of the service behind the same origin. */
  readonly otherDocument?: () => OpenApiDocument | Promise<OpenApiDocument>;
  /** Health checks of parts that this service does not use itself. */
  readonly healthChecks?: HealthOptions['checks'];
};

/** Roles and names may be this old when their message was lost. */
const rememberedMs = 1_000;
const patienceMs = 2_000;

/** The query API, ready but not listening. Closing it ends the live connections and leaves pool, log and messages open. */
export const buildQueryApi = async (options: QueryApiOptions): Promise<Server> => {
  const { pool, log, messages, verifier } = options;
  const access = cachedAccessReader(createAccessReader(pool), { ttlMs: rememberedMs });
  const names = createDisplayNames(pool, { ttlMs: 2 * rememberedMs });
  const scope = createSiteScope(pool);
  const shared = createSharedTables(pool);
  const readState = async () => (await shared.read(async () => undefined)).state;
  const readYourWrites = createReadYourWrites({ log, readState, patienceMs });
  const cursors = createCursors(options.cursorKey);
  const live = createLiveChanges();
  const changes = createChanges({ live, scope, access, verifier });
  const context: QueryContext = { scope, shared, readYourWrites, names };

  const app = await buildServer({ ...serverOptions(options), title: 'IMS query API', accessReader: access });
  await healthRoutes(app, { version: options.version, checks: { ...ownChecks(options), ...options.healthChecks } });
  await app.register(interactionRoutes, { prefix: '/api/v1/interactions', context, cursors, changes });
  await app.register(siteRoutes, { prefix: '/api/v1/sites', context });
  await app.register(userRoutes, { prefix: '/api/v1/users', context, cursors });
  await apiDocsRoutes(app, { otherDocument: options.otherDocument });

  const unfollow = followMessages(messages, { access, names, live, changes, readYourWrites, logger: options.logger });
  app.addHook('preClose', async () => {
    unfollow();
    changes.closeAll();
  });
  await app.ready();
  return app;
};

const serverOptions = ({ version, logger, verifier, rateLimits, rateLimitStore, trustedProxies }: QueryApiOptions) => ({
  version,
  logger,
  verifier,
  ...(rateLimits === undefined ? {} : { rateLimits }),
  ...(rateLimitStore === undefined ? {} : { rateLimitStore }),
  ...(trustedProxies === undefined ? {} : { trustedProxies }),
});

const ownChecks = ({ pool, log }: QueryApiOptions): HealthOptions['checks'] => ({
  db: async () => {
    await pool.query('select 1');
    return { status: 'UP' };
  },
  storage: async () => ({ status: 'UP', details: { position: (await log.headPosition()).toString() } }),
});
