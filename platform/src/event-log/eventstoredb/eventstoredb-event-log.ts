import { createPool } from '../../database/pool.ts';
import type { Logger } from '../../observability/logger.ts';
import { EngineRefused } from '../../process/engine-refused.ts';
import { type Append, type AppendResult, type EventLog, EventLogUnavailable, type LoggedEvent } from '../event-log.ts';
import { createCommandAppends } from './command-appends.ts';
import { type Connection, createConnection, withPatience } from './connection.ts';
import { eventAt } from './exact-append.ts';
import { unavailable } from './failures.ts';
import { createNewestEvents } from './newest-events.ts';
import { readEvents } from './read-events.ts';
import { checkServer } from './server-check.ts';
import { toLoggedEvent } from './stored-form.ts';
import { readEpoch } from './surroundings-in-postgres.ts';
import { createWholeLog } from './whole-log.ts';

export type EventStoreDbEventLogOptions = {
  /** Address of the node or cluster, as `esdb://user:password@host:2113?tls=true`. */
  readonly url: string;
  /** PostgreSQL address of the service's role, for the keys of subjects and the log's epochs. */
  readonly databaseUrl: string;
  /** Shown in pg_stat_activity and by the server as the connection's name. */
  readonly applicationName: string;
  /** After how many milliseconds a reader looks for itself, should a notice be lost. At most, and by default, 1,000. */
  readonly pollMs?: number;
  readonly logger?: Logger;
};

const readPatienceMs = 2_000;

/**
 * The event log on EventStoreDB or KurrentDB. Throws EngineRefused when the server takes neither this client nor its
 * credentials; one that cannot be reached now is asked again by the first calls that reach it.
 */
export const openEventStoreDbEventLog = async (options: EventStoreDbEventLogOptions): Promise<EventLog> => {
  const { url, databaseUrl, applicationName, pollMs = 1_000, logger } = options;
  const connection = createConnection(url, applicationName);
  const pool = createPool({ url: databaseUrl, applicationName: `${applicationName}-keys`, max: 2 });
  const gate = createGate(connection, logger);
  const newest = createNewestEvents(connection, Math.min(pollMs, 1_000), logger);
  const wholeLog = createWholeLog(connection);
  const appendCommand = createCommandAppends(connection, pool);
  const pending = new Set<Promise<unknown>>();
  let closed = false;

  const read = async <Result>(work: () => Promise<Result>): Promise<Result> => {
    if (closed) throw new EventLogUnavailable('The event log is closed.');
    try {
      await gate.pass();
      return await withPatience(readPatienceMs, work);
    } catch (error) {
      if (error instanceof EngineRefused) throw error;
      throw unavailable('The event log cannot be read.', error);
    }
  };

  const append = async (request: Append, signal: AbortSignal | undefined): Promise<AppendResult> => {
    try {
      await gate.pass();
      const result = await appendCommand(request, signal);
      if (result.outcome === 'appended') newest.notice(result.position);
      return result;
    } catch (error) {
      if (error instanceof EngineRefused || isAbort(error, signal)) throw error;
      throw unavailable('The event log did not take the append.', error);
    }
  };

  const close = async (): Promise<void> => {
    closed = true;
    await Promise.allSettled(pending);
    await newest.close();
    await connection.client.dispose();
    await pool.end();
  };

  try {
    await gate.try();
  } catch (error) {
    await close();
    throw error;
  }
  return {
    append: (request, { signal } = {}) => {
      if (request.events.length === 0) return Promise.reject(new Error('An append needs at least one event.'));
      if (closed) return Promise.reject(new EventLogUnavailable('The event log is closed.'));
      const result = append(request, signal);
      pending.add(result);
      const forget = (): boolean => pending.delete(result);
      result.then(forget, forget);
      return result;
    },
    readStream: (stream, { afterRevision = -1, siteId } = {}) =>
      read(() => readStream(connection, stream, afterRevision, siteId)),
    readAll: (afterPosition, limit) => read(() => wholeLog.readAll(afterPosition, limit)),
    countAfter: (position, limit) => read(() => wholeLog.countAfter(position, limit)),
    headPosition: async () => {
      const head = await read(wholeLog.headPosition);
      newest.notice(head);
      return head;
    },
    epoch: () => readEpoch(pool),
    waitPast: newest.waitPast,
    close,
  };
};

const isAbort = (error: unknown, signal: AbortSignal | undefined): boolean =>
  signal?.aborted === true && error === signal.reason;

/** Lets nobody through before the server was checked once, and for ever nobody when it was refused. */
const createGate = (connection: Connection, logger: Logger | undefined) => {
  let passed = false;
  let checking: Promise<void> | undefined;
  const check = async (): Promise<void> => {
    try {
      const { version } = await checkServer(connection, logger);
      passed = true;
      logger?.info({ operation: 'event-log-check', version }, 'The event log is there.');
    } catch (error) {
      if (error instanceof EngineRefused) throw error;
      checking = undefined;
      throw unavailable('The event log cannot be reached.', error);
    }
  };
  const pass = async (): Promise<void> => {
    if (passed) return;
    checking ??= check();
    await checking;
  };
  return {
    pass,
    /** As `pass`, but a server that cannot be reached is only worth a warning. */
    try: async (): Promise<void> => {
      try {
        await pass();
      } catch (error) {
        if (error instanceof EngineRefused) throw error;
        logger?.warn({ operation: 'event-log-check', err: error }, 'The event log cannot be reached yet.');
      }
    },
  };
};

/** With a site the first event is looked at alone, so that a foreign stream costs as much as one that is not there. */
const readStream = async (
  connection: Connection,
  stream: string,
  afterRevision: number,
  siteId: string | undefined,
): Promise<readonly LoggedEvent[]> => {
  const events: LoggedEvent[] = [];
  let next = Math.max(afterRevision, -1) + 1;
  if (siteId !== undefined) {
    const recorded = await eventAt(connection, stream, 0);
    const first = recorded && toLoggedEvent(recorded);
    if (first?.metadata.siteId !== siteId) return [];
    if (next === 0) {
      events.push(first);
      next = 1;
    }
  }
  const options = { fromRevision: BigInt(next), requiresLeader: true } as const;
  await readEvents(connection.client.readStream(stream, options), (recorded) => {
    events.push(toLoggedEvent(recorded));
    return 'more';
  });
  return events;
};
