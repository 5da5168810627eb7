import type { SharedCache } from '@ims/platform/cache/cache';
import type { EventLog } from '@ims/platform/event-log/event-log';
import { buildServer, type Server, type ServerOptions } from '@ims/platform/http/build-server';
import { type HealthOptions, healthRoutes } from '@ims/platform/http/health';
import type { OpenApiDocument } from '@ims/platform/http/openapi';
import { cachedAccessReader, createAccessReader } from '@ims/platform/identity/access';
import { createDisplayNames } from '@ims/platform/identity/display-names';
import type { TokenVerifier } from '@ims/platform/identity/verify-token';
import type { Messages } from '@ims/platform/messages/messages';
import type { Metrics } from '@ims/platform/observability/metrics';
import { orElse } from '@ims/platform/process/open-engines';
import type pg from 'pg';
import { apiDocsRoutes } from './api-docs/routes.ts';
import { createCachedReads } from './cached-reads.ts';
import { followMessages } from './follow-messages.ts';
import { createChanges } from './interactions/changes.ts';
import { createCursors } from './interactions/cursor.ts';
import { createLiveChanges, type LiveChanges } from './interactions/live-changes.ts';
import { interactionRoutes } from './interactions/routes.ts';
import { createKnownStates } from './known-states.ts';
import type { LostChange } from './lost-messages.ts';
import { operationRoutes } from './operations/routes.ts';
import type { QueryContext } from './query-context.ts';
import { readStates } from './read-state.ts';
import { createReadYourWrites } from './read-your-writes.ts';
import { createSharedTables, createSiteScope } from './site-scope.ts';
import { siteRoutes } from './sites/routes.ts';
import { userRoutes } from './users/routes.ts';

export type QueryApiOptions = Pick<
  ServerOptions,
  'version' | 'logger' | 'denials' | 'liveSessions' | 'rateLimits' | 'rateLimitStore' | 'trustedProxies'
> & {
  /** From `createQueryPool`; the caller closes it after the server. */
  readonly pool: pg.Pool;
  readonly log: Pick<EventLog, 'headPosition' | 'epoch' | 'countAfter' | 'readAll'>;
  readonly messages: Messages;
  readonly verifier: TokenVerifier;
  /** What instances of this service know together; each remembers for itself without it. */
  readonly sharedCache?: SharedCache | undefined;
  readonly metrics?: Metrics | undefined;
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
  const { pool, log, messages, verifier, metrics } = options;
  const access = cachedAccessReader(createAccessReader(pool), { ttlMs: rememberedMs });
  const names = createDisplayNames(pool, { ttlMs: 2 * rememberedMs });
  const readYourWrites = createReadYourWrites({ log, patienceMs });
  const live = createLiveChanges();
  const known = createKnownStates({
    read: (sites) => readStates(pool, sites),
    lost: (change) => tellLost(live, change),
    looked: readYourWrites.wake,
    learned: metrics?.generationLearned,
    logger: options.logger,
  });
  const scope = createSiteScope(pool, known);
  const shared = createSharedTables(pool, known);
  const { version, sharedCache } = options;
  const cached = createCachedReads({ scope, known, version, shared: sharedCache, metrics: metrics?.cache });
  const cursors = createCursors(options.cursorKey);
  const changes = createChanges({ live, scope, known, access, verifier, liveSessions: options.liveSessions });
  const context: QueryContext = { scope, shared, known, cached, readYourWrites, names };

  const app = await buildServer({ ...serverOptions(options), title: 'IMS query API', accessReader: access });
  metrics?.observeHttp(app);
  await healthRoutes(app, { version, checks: { ...ownChecks(options), ...options.healthChecks } });
  await app.register(interactionRoutes, { prefix: '/api/v1/interactions', context, cursors, changes });
  await app.register(siteRoutes, { prefix: '/api/v1/sites', context });
  await app.register(userRoutes, { prefix: '/api/v1/users', context, cursors });
  await app.register(operationRoutes, { prefix: '/api/v1/operations', shared, log });
  await apiDocsRoutes(app, { otherDocument: options.otherDocument });

  const followers = { access, names, known, live, changes, readYourWrites, logger: options.logger };
  const unfollow = followMessages(messages, followers);
  app.addHook('preClose', async () => {
    unfollow();
    known.close();
    changes.closeAll();
  });
  await app.ready();
  return app;
};

/** Which records changed stood in the message: all that is shown is read again. */
const tellLost = (live: LiveChanges, { siteId, projection, generation }: LostChange): void => {
  if (projection === 'statistics') live.counted(siteId, generation);
  else live.lost(siteId, generation);
};

const serverOptions = ({
  version,
  logger,
  verifier,
  liveSessions,
  denials,
  rateLimits,
  rateLimitStore,
  trustedProxies,
}: QueryApiOptions) => ({
  version,
  logger,
  verifier,
  liveSessions,
  denials,
  ...(rateLimits === undefined ? {} : { rateLimits }),
  ...(rateLimitStore === undefined ? {} : { rateLimitStore }),
  ...(trustedProxies === undefined ? {} : { trustedProxies }),
});

/** Without log, messages and shared cache queries go on, only later and slower: what the log holds stands in the read tables. */
const ownChecks = ({ pool, log, messages, sharedCache }: QueryApiOptions): HealthOptions['checks'] => ({
  db: async () => {
    await pool.query('select 1');
    return { status: 'UP' };
  },
  storage: orElse('DEGRADED', () => log.headPosition()),
  messaging: orElse('DEGRADED', () => messages.check()),
  ...(sharedCache ? { cache: orElse('DEGRADED', () => sharedCache.check()) } : {}),
});
