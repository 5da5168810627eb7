import { randomUUID } from 'node:crypto';
import { timeOrderedUuid } from '../event-log/derived-ids.ts';
import type { EventLog, LoggedEvent } from '../event-log/event-log.ts';
import { appendOf } from './stored-events.ts';

export type WriterLog = Pick<EventLog, 'append'>;
export type ReaderLog = Pick<EventLog, 'readAll' | 'waitPast'>;

export type ReaderRace = {
  /** Each appends to a stream of its own, one append after the other. */
  readonly writers: readonly WriterLog[];
  readonly reader: ReaderLog;
  readonly events: number;
  /** Where the reader begins; by default with the log's first event. */
  readonly after?: bigint;
  /** A transaction that takes places in the log, stalls, and commits late or rolls back; run over and over meanwhile. */
  readonly disturb?: () => Promise<void>;
};

/** `skipped`: in the log, never shown to the reader. `inverted`: shown or numbered before what was there earlier. */
export type RaceResult = { readonly written: number; readonly skipped: number; readonly inverted: number };

const eventsPerAppend = 5;

/** Lets writers write while a reader follows by position, as a projection does, and compares both at the end. */
export const raceReader = async ({ writers, reader, events, after = 0n, disturb }: ReaderRace): Promise<RaceResult> => {
  const race = randomUUID();
  const written = new AbortController();
  const done = new AbortController();
  const following = follow(reader, after, done.signal);
  const disturbing = disturb ? repeat(disturb, written.signal) : Promise.resolve();
  const appendsEach = Math.ceil(events / eventsPerAppend / writers.length);
  const lateNumbers = await Promise.all(
    writers.map((writer, number) => write(writer, `race-${race}-${number}`, appendsEach)),
  );
  written.abort();
  await disturbing;
  done.abort();
  const seen = await following;
  const all = await readEverything(reader, after);
  const shown = new Set(seen.map(({ metadata }) => metadata.eventId));
  return {
    written: all.length,
    skipped: all.filter(({ metadata }) => !shown.has(metadata.eventId)).length,
    inverted: countInversions(seen) + lateNumbers.reduce((sum, count) => sum + count, 0),
  };
};

/** How many of a writer's appends were numbered before one that had been confirmed to it earlier. */
const write = async (log: WriterLog, stream: string, appends: number): Promise<number> => {
  let late = 0;
  let last = 0n;
  let revision = -1;
  for (let count = 0; count < appends; count += 1) {
    const expected = revision === -1 ? 'no-stream' : revision;
    const append = appendOf(stream, expected, { count: eventsPerAppend, commandId: timeOrderedUuid() });
    const result = await log.append(append);
    if (result.outcome !== 'appended') throw new Error(`Append to ${stream}: ${result.outcome}`);
    if (result.position <= last) late += 1;
    last = result.position;
    revision = result.revision;
  }
  return late;
};

const repeat = async (work: () => Promise<void>, signal: AbortSignal): Promise<void> => {
  while (!signal.aborted) await work();
};

/** Reads on from the last position seen until the writers are done and nothing newer is there. */
const follow = async (log: ReaderLog, after: bigint, done: AbortSignal): Promise<LoggedEvent[]> => {
  const seen: LoggedEvent[] = [];
  for (;;) {
    const position = seen.at(-1)?.position ?? after;
    const wasDone = done.aborted;
    const batch = await log.readAll(position, 1000);
    seen.push(...batch);
    if (batch.length > 0) continue;
    if (wasDone) return seen;
    await log.waitPast(position, done);
  }
};

const readEverything = async (log: ReaderLog, after: bigint): Promise<LoggedEvent[]> => {
  const all: LoggedEvent[] = [];
  for (;;) {
    const batch = await log.readAll(all.at(-1)?.position ?? after, 5000);
    if (batch.length === 0) return all;
    all.push(...batch);
  }
};

const countInversions = (seen: readonly LoggedEvent[]): number => {
  const revisions = new Map<string, number>();
  let position = 0n;
  let inversions = 0;
  for (const event of seen) {
    const expected = (revisions.get(event.stream) ?? -1) + 1;
    if (event.position <= position || event.revision < expected) inversions += 1;
    position = event.position;
    revisions.set(event.stream, event.revision);
  }
  return inversions;
};
