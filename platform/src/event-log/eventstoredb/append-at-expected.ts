import type pg from 'pg';
import { type Append, type AppendResult, EventLogUnavailable } from '../event-log.ts';
import { type Connection, readPatienceMs, withPatience } from './connection.ts';
import { appendExactly, eventAt, lastRevision } from './exact-append.ts';
import { positionOf, toEventData } from './stored-form.ts';
import { storeKeys } from './surroundings-in-postgres.ts';

/**
 * Looks for events of this command in the given round. It is asked after the stream's revision was learned, else
 * another process could write them in between and they would be written again behind.
 */
export type FindRepetition = (round: number) => Promise<AppendResult | undefined>;

export type AppendAtExpected = (
  append: Append,
  signal: AbortSignal | undefined,
  repetition: FindRepetition,
) => Promise<AppendResult>;

/** Appends where the stream is as the append expects it; where it does not mind, as often as others are faster. */
export const createAppendAtExpected =
  (connection: Connection, pool: pg.Pool): AppendAtExpected =>
  async (append, signal, repetition) => {
    const isFree = append.expectedRevision === 'any' || append.expectedRevision === 'stream-exists';
    for (let round = 1; ; round += 1) {
      const met = await meet(connection, append);
      const earlier = await repetition(round);
      if (earlier) return earlier;
      if (typeof met !== 'number') return conflict(met.actual);
      const result = await write(connection, pool, append, met, signal);
      // Somebody else was faster, which this append does not mind; a key that is taken does not go away, though.
      if (result.outcome !== 'conflict' || !isFree || result.actualRevision === met) return result;
      if (signal?.aborted) throw new EventLogUnavailable('The append was given up.', { cause: signal.reason });
    }
  };

/** The stream's last revision, where it is what the append expects. */
const meet = async (
  connection: Connection,
  { stream, expectedRevision, newKeys }: Append,
): Promise<number | { readonly actual: number }> => {
  const isExact = expectedRevision === 'no-stream' || typeof expectedRevision === 'number';
  const wanted = expectedRevision === 'no-stream' ? -1 : expectedRevision;
  // Expectations that the server can check itself cost no read, unless a key must not outlive a refusal.
  if (isExact && typeof wanted === 'number' && wanted >= -1 && newKeys.length === 0) return wanted;
  const actual = await withPatience(readPatienceMs, () => lastRevision(connection, stream));
  if (expectedRevision === 'any' || (expectedRevision === 'stream-exists' && actual >= 0)) return actual;
  return isExact && actual === wanted ? actual : { actual };
};

const write = async (
  connection: Connection,
  pool: pg.Pool,
  append: Append,
  after: number,
  signal: AbortSignal | undefined,
): Promise<AppendResult> => {
  if (append.newKeys.length > 0 && (await storeKeys(pool, append.newKeys)) === 'taken') return conflict(after);
  const events = append.events.map((event) => toEventData(event, JSON.stringify(event.metadata)));
  const result = await appendExactly(connection, { stream: append.stream, after, events }, signal);
  if (result.outcome === 'moved') return conflict(result.actual);
  const revision = after + events.length;
  const position = result.position ?? (await positionAt(connection, append.stream, revision));
  return { outcome: 'appended', revision, position };
};

const positionAt = async (connection: Connection, stream: string, revision: number): Promise<bigint> => {
  const event = await withPatience(readPatienceMs, () => eventAt(connection, stream, revision));
  if (!event) throw new EventLogUnavailable(`The event just written to ${stream} cannot be read.`);
  return positionOf(event);
};

const conflict = (actualRevision: number): AppendResult => ({ outcome: 'conflict', actualRevision });
