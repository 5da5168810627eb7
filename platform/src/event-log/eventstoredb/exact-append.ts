import { setTimeout as delay } from 'node:timers/promises';
import { type EventData, NO_STREAM, WrongExpectedVersionError } from '@eventstore/db-client';
import { answerWithin, type Connection, pauseBefore } from './connection.ts';
import { failureOf, unavailable } from './failures.ts';
import { readEvents } from './read-events.ts';
import type { Recorded } from './stored-form.ts';

export type ExactAppend = {
  readonly stream: string;
  /** The stream's last revision must be this; -1: it must be empty. */
  readonly after: number;
  readonly events: readonly EventData[];
};

/** `moved`: nothing was written, the stream ends at `actual`. `position` is missing when the server did not tell it. */
export type ExactResult =
  | { readonly outcome: 'written'; readonly position: bigint | undefined }
  | { readonly outcome: 'moved'; readonly actual: number };

/** Single appends to a disk stall for up to a second now and then. */
const answerMs = 4_000;
const patienceMs = 6_000;

/**
 * Appends at exactly this revision. An append that failed may have been written: it is tried again with the same event
 * ids and the same revision, which the server answers like the first time; and when the stream has moved on since, our
 * events stand where we wanted them, or they were not written.
 */
export const appendExactly = async (
  connection: Connection,
  append: ExactAppend,
  signal?: AbortSignal,
): Promise<ExactResult> => {
  const end = performance.now() + patienceMs;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return { outcome: 'written', position: await appendOnce(connection, append) };
    } catch (error) {
      const failure = failureOf(error);
      if (failure === 'moved') return await afterMove(connection, append, actualRevision(error), attempt);
      if (failure !== 'later') throw unavailable('The event log refuses the append.', error);
      if (signal?.aborted || performance.now() >= end)
        throw unavailable('The event log did not take the append.', error);
      await delay(pauseBefore(attempt));
    }
  }
};

const appendOnce = async (
  { client, credentials }: Connection,
  { stream, after, events }: ExactAppend,
): Promise<bigint | undefined> => {
  const result = await answerWithin(answerMs, () =>
    client.appendToStream(stream, [...events], {
      expectedRevision: after < 0 ? NO_STREAM : BigInt(after),
      deadline: answerMs,
      requiresLeader: true,
      ...(credentials ? { credentials } : {}),
    }),
  );
  return result.position?.commit;
};

const afterMove = async (
  connection: Connection,
  append: ExactAppend,
  actual: number,
  attempt: number,
): Promise<ExactResult> => {
  if (attempt === 1) return { outcome: 'moved', actual };
  const first = await eventAt(connection, append.stream, append.after + 1);
  return first?.id === append.events[0]?.id
    ? { outcome: 'written', position: undefined }
    : { outcome: 'moved', actual };
};

const actualRevision = (error: unknown): number => {
  if (!(error instanceof WrongExpectedVersionError)) return -1;
  return typeof error.actualVersion === 'bigint' ? Number(error.actualVersion) : -1;
};

/** The event at this revision, or the stream's last one; undefined when there is none. */
export const eventAt = async (
  { client }: Connection,
  stream: string,
  revision: number | 'last',
): Promise<Recorded | undefined> => {
  let found: Recorded | undefined;
  const place =
    revision === 'last'
      ? ({ direction: 'backwards', fromRevision: 'end' } as const)
      : ({ direction: 'forwards', fromRevision: BigInt(revision) } as const);
  await readEvents(client.readStream(stream, { ...place, maxCount: 1, requiresLeader: true }), (event) => {
    found = event;
    return 'enough';
  });
  return found;
};

export const lastRevision = async (connection: Connection, stream: string): Promise<number> =>
  Number((await eventAt(connection, stream, 'last'))?.revision ?? -1);
