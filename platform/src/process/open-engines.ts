import { type OpenedCache, openSharedCache } from '../cache/open-cache.ts';
import type { EventLog } from '../event-log/event-log.ts';
import { openEventLog } from '../event-log/open-event-log.ts';
import type { HealthCheck, HealthStatus } from '../http/health.ts';
import type { Messages } from '../messages/messages.ts';
import { openMessages } from '../messages/open-messages.ts';
import type { Logger } from '../observability/logger.ts';
import type { StopStep } from './graceful-stop.ts';

/** The variables that choose the engines. */
export type EngineChoice = {
  readonly EVENT_LOG: 'postgres' | 'eventstoredb';
  readonly EVENTSTORE_URL?: string | undefined;
  readonly MESSAGES: 'postgres' | 'nats';
  readonly NATS_URL?: string | undefined;
  readonly CACHE: 'memory' | 'redis';
  readonly REDIS_URL?: string | undefined;
};

export type EngineSurroundings = {
  /** PostgreSQL, as the service's role. */
  readonly databaseUrl: string;
  /** Shown in pg_stat_activity. */
  readonly applicationName: string;
  /** PostgreSQL connections for reading the log. */
  readonly logReaders?: number;
  readonly logger: Logger;
};

export type Engines = {
  readonly log: EventLog;
  readonly messages: Messages;
  readonly cache: OpenedCache;
  /** Everything that is not PostgreSQL alone, with how to find out whether it answers. */
  readonly outside: readonly { readonly name: string; readonly check: () => Promise<unknown> }[];
  readonly checks: { readonly storage: HealthCheck; readonly messaging: HealthCheck; readonly cache: HealthCheck };
  /** Messages, cache and log, in this order; after whoever uses them. */
  readonly stopSteps: readonly StopStep[];
};

/** Opens log, messages and cache as the configuration says. Throws `EngineRefused` when one never lets us in. */
export const openEngines = async (choice: EngineChoice, surroundings: EngineSurroundings): Promise<Engines> => {
  const { databaseUrl, applicationName, logReaders, logger } = surroundings;
  const log = await openEventLog(choice, {
    databaseUrl,
    applicationName: `${applicationName}-log`,
    logger,
    ...(logReaders === undefined ? {} : { readers: logReaders }),
  });
  const messages = openMessages(choice, { databaseUrl, applicationName: `${applicationName}-messages`, logger });
  const cache = openSharedCache(choice, { logger });
  return {
    log,
    messages,
    cache,
    outside: [
      ...(choice.EVENT_LOG === 'eventstoredb' ? [{ name: 'EventStoreDB', check: () => log.headPosition() }] : []),
      ...(choice.MESSAGES === 'nats' ? [{ name: 'NATS', check: () => messages.check() }] : []),
      ...(choice.CACHE === 'redis' ? [{ name: 'Redis', check: () => cache.check() }] : []),
    ],
    checks: {
      storage: async () => ({ status: 'UP', details: { position: (await log.headPosition()).toString() } }),
      // Without them everything is slower and nothing is wrong.
      messaging: orElse('DEGRADED', async () => messages.check()),
      cache: orElse('DEGRADED', async () => cache.check()),
    },
    stopSteps: [
      { name: 'messages', stop: () => messages.close() },
      { name: 'cache', stop: () => cache.close() },
      { name: 'event log', stop: () => log.close() },
    ],
  };
};

/** A check whose failure means `status`, because the service goes on without this part. */
export const orElse =
  (status: HealthStatus, check: () => Promise<unknown>): HealthCheck =>
  async () => {
    try {
      await check();
      return { status: 'UP' };
    } catch {
      return { status, details: { reason: 'cannot be reached' } };
    }
  };
