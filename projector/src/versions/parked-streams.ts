import type { LoggedEvent } from '@ims/platform/event-log/event-log';
import type pg from 'pg';
import { insertDeadLetter } from '../runner/dead-letters.ts';
import { describeFailure } from '../runner/failures.ts';
import type { FeedEvent } from '../runner/feed-event.ts';
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

/** Streams of which the version in use holds or leaves out an event: since when. */
export type HeldBefore = ReadonlyMap<string, Date>;

export const readHeldBefore = async (
  pool: pg.Pool | pg.ClientBase,
  { name }: Projection,
  inUse: number,
): Promise<HeldBefore> => {
  const { rows } = await pool.query<{ stream: string; since: Date }>(
    `select stream, min(parked_at) as since from read.dead_letters
     where projection = $1 and version = $2 and state in ('parked', 'skipped') group by stream`,
    [name, inUse],
  );
  return new Map(rows.map(({ stream, since }) => [stream, since]));
};

/**
 * What an operator had the version in use leave out is left out here too, as far as it is not folded yet. Positions of
 * another life of the log say nothing. Answers the positions of all that is left out.
 */
export const takeSkipsOver = async (
  pool: pg.Pool | pg.ClientBase,
  { name, version }: Projection,
  inUse: number,
): Promise<ReadonlySet<bigint>> => {
  await pool.query(
    `insert into read.dead_letters
       (id, projection, version, stream, site_id, position, revision, event_id, event_type, error, parked_at, state,
        settled_at)
     select gen_random_uuid(), old.projection, $2, old.stream, old.site_id, old.position, old.revision, old.event_id,
       old.event_type, old.error, old.parked_at, 'skipped', old.settled_at
     from read.dead_letters old
     join read.projection_checkpoints held using (projection, version)
     join read.projection_checkpoints build on build.projection = $1 and build.version = $2
     where old.projection = $1 and old.version = $3 and old.state = 'skipped'
       and held.epoch = build.epoch and old.position > build.position
       and not exists (select from read.dead_letters known
                       where known.projection = $1 and known.version = $2 and known.event_id = old.event_id)`,
    [name, version, inUse],
  );
  const { rows } = await pool.query<{ position: bigint }>(
    `select position from read.dead_letters where projection = $1 and version = $2 and state = 'skipped'`,
    [name, version],
  );
  return new Set(rows.map(({ position }) => position));
};

/** Thrown when a build cannot go past an event: too many were parked, or it is of a stream that never is. */
export class BuildStopped extends Error {
  override readonly name = 'BuildStopped';
}

/** Beside those that the version in use holds as well. */
const mostParked = 20;
/** What everybody's access hangs on must be complete or not be there. */
const neverParked = /^(site-|user-|system)/;

export const park = async (
  client: pg.ClientBase,
  {
    projection,
    parked,
    heldBefore,
    event,
    error,
  }: {
    readonly projection: Projection;
    readonly parked: ParkedStreams;
    readonly heldBefore: HeldBefore;
    readonly event: FeedEvent;
    readonly error: unknown;
  },
): Promise<void> => {
  const reason = describeFailure(error);
  if (neverParked.test(event.stream)) throw new BuildStopped(reason, { cause: error });
  const since = heldBefore.get(event.stream);
  const added = [...parked].filter((stream) => !heldBefore.has(stream)).length;
  if (since === undefined && added >= mostParked) {
    throw new BuildStopped(`More than ${mostParked} records cannot be projected; the last: ${reason}`, {
      cause: error,
    });
  }
  const id = await insertDeadLetter(client, projection, { event, error: reason, waiting: 0 });
  // The runner stops at too many within a minute: those are not new.
  if (since) await client.query('update read.dead_letters set parked_at = $2 where id = $1', [id, since]);
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
