import type { Logger } from '../observability/logger.ts';
import type { EventLog } from './event-log.ts';
import { createPostgresEventLog } from './postgres-event-log.ts';

/** The two variables of the configuration that choose the log. */
export type EventLogChoice = {
  readonly EVENT_LOG: 'postgres' | 'eventstoredb';
  readonly EVENTSTORE_URL?: string | undefined;
};

export type EventLogSurroundings = {
  /** PostgreSQL, as the service's role: the whole log, or only its keys and epochs beside EventStoreDB. */
  readonly databaseUrl: string;
  /** Shown in pg_stat_activity. */
  readonly applicationName: string;
  /** PostgreSQL connections for reading. */
  readonly readers?: number;
  readonly logger?: Logger;
};

/**
 * The log that the configuration names. It connects when first used and by itself again after it was lost. Throws
 * EngineRefused when the server takes neither this version nor these credentials.
 */
export const openEventLog = async (
  { EVENT_LOG, EVENTSTORE_URL }: EventLogChoice,
  { databaseUrl, applicationName, readers, logger }: EventLogSurroundings,
): Promise<EventLog> => {
  if (EVENT_LOG === 'postgres') {
    return createPostgresEventLog({ url: databaseUrl, applicationName, ...(readers === undefined ? {} : { readers }) });
  }
  if (EVENTSTORE_URL === undefined) throw new Error('EVENT_LOG=eventstoredb needs EVENTSTORE_URL.');
  // Its client takes half a second and 30 MB to load, which nobody without EventStoreDB should pay.
  const { openEventStoreDbEventLog } = await import('./eventstoredb/eventstoredb-event-log.ts');
  return openEventStoreDbEventLog({
    url: EVENTSTORE_URL,
    databaseUrl,
    applicationName,
    ...(logger === undefined ? {} : { logger }),
  });
};
