import { setTimeout as delay } from 'node:timers/promises';
import { inTransaction } from '@ims/platform/database/transaction';
import type { EventLog } from '@ims/platform/event-log/event-log';
import type pg from 'pg';
import { Fenced } from '../runner/checkpoints.ts';
import { failureKind } from '../runner/failures.ts';
import { couldConcern, isReadable, type OpenEvents } from '../runner/feed-event.ts';
import { EventNotProjected } from '../runner/fold.ts';
import type { Projection } from '../runner/projection.ts';
import { foldIntoTable, touchedBy } from '../runner/write-batch.ts';
import { advanceBuild, type BuildState, lockBuild, readBuild } from './build-books.ts';
import {
  countWaiting,
  type HeldBefore,
  type ParkedStreams,
  park,
  readHeldBefore,
  readParkedStreams,
  takeSkipsOver,
} from './parked-streams.ts';
import { type Chunk, readChunk } from './read-chunks.ts';
import { hasBegun, inStaging, readMove } from './staging.ts';
import { readActive } from './switch-version.ts';

export type Fill = {
  readonly pool: pg.Pool;
  readonly log: EventLog;
  readonly open: OpenEvents;
  readonly projection: Projection;
  readonly siteId: string | null;
  readonly signal: AbortSignal;
  /** After every chunk, and again and again while it is paused. */
  tell(state: BuildState, eventsPerSecond: number): void;
};

/** Bounds the memory: two chunks at a time, as events, as rows and as JSON. */
const chunkSize = 4_000;
const pausedMs = 300;

/**
 * Folds the log into the staging tables up to its head, from where the books say. Rows, checkpoint and parked events in
 * one transaction per chunk: whoever goes on after a crash finds both at the same event.
 */
export const fillStaging = async (fill: Fill): Promise<void> => {
  const pace = createPace();
  const leftOut = await readLeftOut(fill);
  const { parked } = leftOut;
  const source = { log: fill.log, open: fill.open, isWanted: (event: Wanted) => isWanted(fill, leftOut, event) };
  let size = chunkSize;
  let next: Promise<Chunk> | undefined;
  for (;;) {
    const state = await untilResumed(fill, pace);
    const limit = Math.min(size, state.throttle ?? size);
    const chunk = await (next ?? readChunk(source, state.position, { size: limit }));
    next = undefined;
    if (chunk.read === 0) return;
    try {
      if (size === chunkSize) next = readAhead(source, chunk.last, limit);
      await writeChunk(fill, chunk, parked, pace.rate());
      // Half a chunk after a fault, then all of it again.
      size = Math.min(chunkSize, size * 2);
    } catch (error) {
      next = undefined;
      if (failureKind(error) !== 'event') throw error;
      if (chunk.read > 1) size = Math.ceil(chunk.read / 2);
      else await parkOnly(fill, chunk, leftOut, error);
      continue;
    }
    // While people work there is always something new: the ordinary runner takes over from near the head.
    if (!chunk.isFull) return;
    await pace.keep(chunk.read, state.throttle, fill.signal);
  }
};

type LeftOut = {
  readonly parked: ParkedStreams;
  readonly skipped: ReadonlySet<bigint>;
  readonly heldBefore: HeldBefore;
};

const readLeftOut = async ({ pool, projection, siteId }: Fill): Promise<LeftOut> => {
  const { version } = await readActive(pool, { projection: projection.name, siteId });
  return {
    parked: await readParkedStreams(pool, projection),
    skipped: await takeSkipsOver(pool, projection, version),
    heldBefore: await readHeldBefore(pool, projection, version),
  };
};

type Wanted = {
  readonly stream: string;
  readonly position: bigint;
  readonly metadata: { readonly siteId?: string | undefined };
};

const isWanted = ({ siteId }: Fill, { parked, skipped }: LeftOut, { stream, position, metadata }: Wanted): boolean =>
  !parked.has(stream) && !skipped.has(position) && (siteId === null || metadata.siteId === siteId);

const readAhead = (source: Parameters<typeof readChunk>[0], after: bigint, size: number): Promise<Chunk> => {
  const reading = readChunk(source, after, { size });
  // Its failure is met when it is awaited; until then it must not count as unhandled.
  reading.catch(() => undefined);
  return reading;
};

const untilResumed = async (fill: Fill, pace: Pace): Promise<BuildState> => {
  for (;;) {
    fill.signal.throwIfAborted();
    const state = await readBuild(fill.pool, fill.projection);
    fill.tell(state, pace.rate());
    if (!state.paused) return state;
    pace.forget();
    await delay(pausedMs, undefined, { signal: fill.signal });
  }
};

/** The rows to load are named by key, and fresh tables have no statistics: without these the planner reads them whole. */
const settings = `set local synchronous_commit = off; set local enable_seqscan = off;
  set local enable_hashjoin = off; set local enable_mergejoin = off`;

const writeChunk = async (
  { pool, projection }: Fill,
  chunk: Chunk,
  parked: ParkedStreams,
  rate: number,
): Promise<void> => {
  const broken = chunk.events.find((event) => !isReadable(event) && couldConcern(projection, event));
  if (broken && !isReadable(broken)) throw new EventNotProjected(broken, broken.unreadable);
  const touched = touchedBy(projection, chunk);
  await inTransaction(pool, async (client) => {
    await client.query(settings);
    await lockBuild(client, projection, chunk.after);
    // Were the staging empty after a crash, what follows would be folded onto nothing.
    const move = await readMove(client, projection);
    if (hasBegun(move)) throw new Fenced(`Another projector finishes ${projection.name} version ${projection.version}`);
    const name = inStaging(projection);
    for (const { table, keys } of touched) await foldIntoTable(client, { table, name, keys, page: chunk });
    await countWaiting(
      client,
      projection,
      chunk.unwanted.filter(({ stream }) => parked.has(stream)),
    );
    await advanceBuild(client, projection, chunk, rate);
  });
};

/** The chunk is down to the one event at fault: its stream is parked, the others go on. */
const parkOnly = async (fill: Fill, chunk: Chunk, { parked, heldBefore }: LeftOut, error: unknown): Promise<void> => {
  const [event] = chunk.events;
  if (!event) throw error;
  await inTransaction(fill.pool, async (client) => {
    await lockBuild(client, fill.projection, chunk.after);
    await park(client, { projection: fill.projection, parked, heldBefore, event, error });
    await advanceBuild(client, fill.projection, chunk, 0);
  });
  parked.add(event.stream);
};

type Pace = {
  /** Events a second over the last few seconds; 0 at first. */
  rate(): number;
  /** Counts events, and waits as long as the throttle asks for. */
  keep(events: number, throttle: number | null, signal: AbortSignal): Promise<void>;
  /** After a pause: what came before says nothing about now. */
  forget(): void;
};

const paceWindowMs = 5_000;

const createPace = (): Pace => {
  let marks: { readonly at: number; readonly events: number }[] = [{ at: performance.now(), events: 0 }];
  const since = () => (performance.now() - (marks[0]?.at ?? 0)) / 1_000;
  const counted = () => marks.reduce((sum, { events }) => sum + events, 0);
  return {
    rate: () => (marks.length < 2 ? 0 : counted() / Math.max(since(), 0.001)),
    keep: async (events, throttle, signal) => {
      marks.push({ at: performance.now(), events });
      if (throttle !== null) {
        const aheadMs = (counted() / throttle - since()) * 1_000;
        if (aheadMs > 0) await delay(aheadMs, undefined, { signal });
      }
      // The first mark only says when counting began.
      while (marks.length > 3 && performance.now() - (marks[0]?.at ?? 0) > paceWindowMs) {
        const [, second, ...others] = marks;
        if (second) marks = [{ at: second.at, events: 0 }, ...others];
      }
    },
    forget: () => {
      marks = [{ at: performance.now(), events: 0 }];
    },
  };
};
