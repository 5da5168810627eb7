import type { EventMetadata } from '@ims/contracts/recorded-event';
import type pg from 'pg';
import { createPool } from '../database/pool.ts';
import { createAppendQueue } from './append-queue.ts';
import { sendAppends } from './append-statement.ts';
import { type Append, type AppendResult, type EventLog, EventLogUnavailable, type LoggedEvent } from './event-log.ts';
import { createEventNotices } from './event-notices.ts';

export type PostgresEventLogOptions = {
  readonly url: string;
  /** A direct address where `url` leads to a pooler in transaction mode, which cannot LISTEN. Default: `url`. */
  readonly listenUrl?: string;
  /** Shown in pg_stat_activity. Default: `ims-event-log`. */
  readonly applicationName?: string;
  /** Connections for reading; appends have one of their own. Default 5. */
  readonly readers?: number;
  /** After how many milliseconds a reader looks for itself, should a notice be lost. At most, and by default, 1,000. */
  readonly pollMs?: number;
};

const answerTimeoutMs = 15_000;

/** The event log in the tables of `migrations.ts`. Connects when first used. */
export const createPostgresEventLog = (options: PostgresEventLogOptions): EventLog => {
  const { url, listenUrl = url, applicationName = 'ims-event-log', readers = 5, pollMs = 1_000 } = options;
  const appendPool = createPool({ url, applicationName, max: 1, queryTimeoutMs: answerTimeoutMs });
  const readPool = createPool({ url, applicationName, max: readers, queryTimeoutMs: answerTimeoutMs });
  const queue = createAppendQueue((appends) => sendTwice(appendPool, appends));
  const notices = createEventNotices(listenUrl, applicationName, Math.min(pollMs, 1_000));
  return {
    append: (append, { signal } = {}) => {
      if (append.events.length === 0) return Promise.reject(new Error('An append needs at least one event.'));
      return queue.add(append, signal);
    },
    readStream: (stream, { afterRevision = -1, siteId } = {}) =>
      siteId === undefined
        ? readEvents(readPool, readStreamQuery, [stream, afterRevision])
        : readEvents(readPool, readStreamOfSiteQuery, [stream, afterRevision, siteId]),
    readAll: (afterPosition, limit) => readEvents(readPool, readAllQuery, [afterPosition, limit]),
    headPosition: async () => {
      const rows = await read<{ head: bigint }>(readPool, headQuery, []);
      return rows[0]?.head ?? 0n;
    },
    countAfter: async (position, limit) => {
      const rows = await read<{ count: bigint }>(readPool, countQuery, [position, limit]);
      return Number(rows[0]?.count ?? 0n);
    },
    epoch: async () => {
      const rows = await read<{ epoch: number }>(readPool, epochQuery, []);
      return rows[0]?.epoch ?? 1;
    },
    waitPast: notices.waitPast,
    close: async () => {
      await queue.close();
      await notices.close();
      await Promise.all([appendPool.end(), readPool.end()]);
    },
  };
};

/**
 * When the connection breaks while a flush is under way nobody knows whether it was written: it is sent once more,
 * and what had been written answers `repeated`.
 */
const sendTwice = async (pool: pg.Pool, appends: readonly Append[]): Promise<readonly AppendResult[]> => {
  try {
    return await sendAppends(pool, appends);
  } catch (error) {
    if (!isBrokenConnection(error)) throw error;
    return sendAppends(pool, appends);
  }
};

/** No SQLSTATE (the socket), or one of: connection exception, the server is stopping or starting. */
const isBrokenConnection = (error: unknown): boolean => {
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
  return !/^[0-9A-Z]{5}$/.test(code) || code.startsWith('08') || code.startsWith('57P');
};

type EventRow = {
  readonly position: bigint;
  readonly stream: string;
  readonly revision: number;
  readonly event_type: string;
  readonly schema_version: number;
  readonly data: string;
  readonly metadata: string;
};

type Query = { readonly name: string; readonly text: string };

/** By the unique index on (stream, revision). */
const readStreamQuery: Query = {
  name: 'event_log_read_stream',
  text: `select position, stream, revision, event_type, schema_version, data, metadata
from event_log.events where stream = $1 and revision > $2 order by revision`,
};

/** As above. The condition on the first event is looked at once, before any other row is. */
const readStreamOfSiteQuery: Query = {
  name: 'event_log_read_stream_of_site',
  text: `${readStreamQuery.text.replace(
    ' order by',
    ` and exists (
  select from event_log.events first
  where first.stream = $1 and first.revision = 0 and first.metadata::json ->> 'siteId' = $3
) order by`,
  )}`,
};

/** By the primary key. */
const readAllQuery: Query = {
  name: 'event_log_read_all',
  text: `select position, stream, revision, event_type, schema_version, data, metadata
from event_log.events where position > $1 order by position limit $2`,
};

const headQuery: Query = {
  name: 'event_log_head',
  text: 'select coalesce(max(position), 0)::bigint as head from event_log.events',
};

/** By the primary key, and never further than the limit. */
const countQuery: Query = {
  name: 'event_log_count_after',
  text: `select count(*) as count
from (select from event_log.events where position > $1 order by position limit $2) counted`,
};

const epochQuery: Query = { name: 'event_log_epoch', text: 'select max(epoch) as epoch from event_log.epochs' };

const readEvents = async (pool: pg.Pool, query: Query, values: unknown[]): Promise<readonly LoggedEvent[]> => {
  const rows = await read<EventRow>(pool, query, values);
  return rows.map((row) => ({
    type: row.event_type,
    schemaVersion: row.schema_version,
    data: row.data,
    metadata: JSON.parse(row.metadata) as EventMetadata,
    metadataText: row.metadata,
    stream: row.stream,
    revision: row.revision,
    position: row.position,
  }));
};

/** Reading changes nothing, so a connection that broke in between is worth a second try. */
const read = async <Row extends pg.QueryResultRow>(pool: pg.Pool, query: Query, values: unknown[]): Promise<Row[]> => {
  try {
    return (await pool.query<Row>({ ...query, values })).rows;
  } catch (error) {
    try {
      if (!isBrokenConnection(error)) throw error;
      return (await pool.query<Row>({ ...query, values })).rows;
    } catch (cause) {
      throw new EventLogUnavailable('The event log cannot be read.', { cause });
    }
  }
};
