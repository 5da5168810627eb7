import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { type FeedEvent, factsOf } from './feed-event.ts';
import type { Projection } from './projection.ts';

/** An event of a record that could not be projected; what follows in its stream waits behind it. */
export type DeadLetter = {
  readonly id: string;
  readonly stream: string;
  readonly siteId: string | null;
  readonly revision: number;
  readonly eventId: string;
};

/** What a version of a projection leaves out: streams that are parked (→ their dead letter), and events that were skipped. */
export type LeftOut = { readonly parked: Map<string, string>; readonly skipped: Set<string> };

export const loadLeftOut = async (pool: pg.Pool, { name, version }: Projection): Promise<LeftOut> => {
  const { rows } = await pool.query<Pick<DeadLetter, 'id' | 'stream' | 'eventId'> & { state: 'parked' | 'skipped' }>(
    `select id, stream, event_id as "eventId", state from read.dead_letters
     where projection = $1 and version = $2 and state in ('parked', 'skipped')`,
    [name, version],
  );
  return {
    parked: new Map(rows.filter(({ state }) => state === 'parked').map(({ stream, id }) => [stream, id])),
    skipped: new Set(rows.filter(({ state }) => state === 'skipped').map(({ eventId }) => eventId)),
  };
};

export const countParkedLately = async (client: pg.ClientBase, { name, version }: Projection): Promise<number> => {
  const { rows } = await client.query<{ parked: number }>(
    `select count(*)::int as parked from read.dead_letters
     where projection = $1 and version = $2 and parked_at > clock_timestamp() - interval '1 minute'`,
    [name, version],
  );
  return rows[0]?.parked ?? 0;
};

type Found = { readonly event: FeedEvent; readonly error: string; readonly waiting: number };

/** The answer is the new dead letter's id. */
export const insertDeadLetter = async (
  client: pg.ClientBase,
  { name, version }: Projection,
  { event, error, waiting }: Found,
): Promise<string> => {
  const id = randomUUID();
  const { stream, position, revision, type } = event;
  const { eventId, siteId } = factsOf(event);
  await client.query(
    `insert into read.dead_letters
       (id, projection, version, stream, site_id, position, revision, event_id, event_type, error, waiting_events, parked_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, clock_timestamp())`,
    [id, name, version, stream, siteId ?? null, position, revision, eventId, type, error, waiting],
  );
  return id;
};

/** After a retry that came further, or not: which event is in the way now. */
export const moveDeadLetter = async (
  client: pg.ClientBase,
  id: string,
  { event, error, waiting }: Found,
): Promise<void> => {
  const { position, revision, type } = event;
  await client.query(
    `update read.dead_letters
     set position = $2, revision = $3, event_id = $4, event_type = $5, error = $6, waiting_events = $7 where id = $1`,
    [id, position, revision, factsOf(event).eventId, type, error, waiting],
  );
};

export const closeDeadLetter = async (
  client: pg.ClientBase,
  id: string,
  state: 'resolved' | 'skipped',
): Promise<void> => {
  await client.query(
    'update read.dead_letters set state = $2, settled_at = clock_timestamp(), waiting_events = 0 where id = $1',
    [id, state],
  );
};

export const countWaiting = async (client: pg.ClientBase, waiting: ReadonlyMap<string, number>): Promise<void> => {
  if (waiting.size === 0) return;
  await client.query(
    `update read.dead_letters as letter set waiting_events = letter.waiting_events + more.events
     from unnest($1::uuid[], $2::int[]) as more (id, events) where letter.id = more.id`,
    [[...waiting.keys()], [...waiting.values()]],
  );
};

/** A dead letter that still waits to be settled. */
export const readParked = async (
  client: pg.ClientBase | pg.Pool,
  { name, version }: Projection,
  id: string,
): Promise<DeadLetter | undefined> => {
  const { rows } = await client.query<DeadLetter>(
    `select id, stream, site_id as "siteId", revision, event_id as "eventId" from read.dead_letters
     where id = $1 and projection = $2 and version = $3 and state = 'parked'`,
    [id, name, version],
  );
  return rows[0];
};
