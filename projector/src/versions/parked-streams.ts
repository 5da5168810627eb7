import { randomUUID } from 'node:crypto';
import type { LoggedEvent } from '@ims/platform/event-log/event-log';
import pg from 'pg';
import { type FeedEvent, factsOf } from '../runner/feed-event.ts';
import type { Projection } from '../runner/projection.ts';

/** Streams whose next event cannot be projected; what follows in them waits. */
export type ParkedStreams = Set<string>;

export const readParkedStreams = async (
  pool: pg.Pool | pg.ClientBase,
  { name, version }: Projection,
): Promise<ParkedStreams> => {
  const { rows } = await pool.query<{ stream: string }>(
    `select stream from read.dead_letters where projection = $1 and version = $2 and state = 'parked'`,
    [name, version],
  );
  return new Set(rows.map(({ stream }) => stream));
};

/** Thrown when a build cannot go past an event: too many were parked, or it is of a stream that never is. */
export class BuildStopped extends Error {
  override readonly name = 'BuildStopped';
}

const mostParked = 20;
/** What everybody's access hangs on must be complete or not be there. */
const neverParked = /^(site-|user-|system)/;

export const park = async (
  client: pg.ClientBase,
  {
    projection,
    parked,
    event,
    error,
  }: {
    readonly projection: Projection;
    readonly parked: ParkedStreams;
    readonly event: FeedEvent;
    readonly error: unknown;
  },
): Promise<void> => {
  const reason = describe(error);
  if (neverParked.test(event.stream)) throw new BuildStopped(reason, { cause: error });
  if (parked.size >= mostParked) {
    throw new BuildStopped(`More than ${mostParked} records cannot be projected; the last: ${reason}`, {
      cause: error,
    });
  }
  const { name, version } = projection;
  const { stream, position, revision, type } = event;
  const { eventId, siteId } = factsOf(event);
  await client.query(
    `insert into read.dead_letters
       (id, projection, version, stream, site_id, position, revision, event_id, event_type, error)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
    [randomUUID(), name, version, stream, siteId ?? null, position, revision, eventId, type, reason],
  );
};

/** Notes how many more events wait behind the parked ones. */
export const countWaiting = async (
  client: pg.ClientBase,
  { name, version }: Projection,
  waiting: readonly LoggedEvent[],
): Promise<void> => {
  if (waiting.length === 0) return;
  await client.query(
    `update read.dead_letters parked set waiting_events = waiting_events + more.events
     from (select stream, count(*) as events from unnest($3::text[]) as stream group by stream) more
     where projection = $1 and version = $2 and state = 'parked' and parked.stream = more.stream`,
    [name, version, waiting.map(({ stream }) => stream)],
  );
};

/** The database's own words may quote a value, which is content: then the code alone. */
const describe = (error: unknown): string => {
  if (error instanceof pg.DatabaseError) return `The database refused a value (SQLSTATE ${error.code})`;
  return error instanceof Error ? error.message : String(error);
};
