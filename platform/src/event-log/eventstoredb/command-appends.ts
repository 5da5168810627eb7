import { LRUCache } from 'lru-cache';
import type pg from 'pg';
import { type Append, type AppendResult, EventLogUnavailable, type LoggedEvent } from '../event-log.ts';
import { type AppendAtExpected, createAppendAtExpected } from './append-at-expected.ts';
import { type Intent, needsMarker, setMarker, takeMarkerOver } from './command-markers.ts';
import { type Connection, readPatienceMs, withPatience } from './connection.ts';
import { lastRevision } from './exact-append.ts';
import { createOrder } from './in-order.ts';
import { readEvents } from './read-events.ts';
import { toLoggedEvent } from './stored-form.ts';

type AppendCommand = (append: Append, signal: AbortSignal | undefined) => Promise<AppendResult>;

/**
 * Appends as `EventLog.append` promises. Within the process those to one stream pass one after the other in the order
 * they came, and those of one command too; across processes the expected revision and the command's marker decide.
 */
export const createCommandAppends = (connection: Connection, pool: pg.Pool): AppendCommand => {
  const byStream = createOrder();
  const byCommand = createOrder();
  const appendAtExpected = createAppendAtExpected(connection, pool);
  const appendMarked = createMarkedAppends(connection, appendAtExpected);
  return (append, signal) =>
    byStream(append.stream, signal, () =>
      needsMarker(append.commandId)
        ? byCommand(append.commandId, signal, () => appendMarked(append, signal))
        : appendAtExpected(append, signal, async () => undefined),
    );
};

/** Appends of commands that may come again: each is announced by a marker, so that it is written once. */
const createMarkedAppends = (connection: Connection, appendAtExpected: AppendAtExpected): AppendCommand => {
  /** Revisions of markers that this process set and after which it certainly wrote no events. */
  const started = new LRUCache<string, number>({ max: 10_000 });
  const foreign = createForeignMarkers();

  const takeOver = async (
    commandId: string,
    revision: number,
    intent: Intent,
    signal: AbortSignal | undefined,
  ): Promise<void> => {
    if (started.get(commandId) !== revision) foreign.waitUntilAbandoned(commandId, revision);
    if (!(await takeMarkerOver(connection, commandId, revision, intent, signal))) throw underWay();
    started.set(commandId, revision + 1);
  };

  return async (append, signal) => {
    const intent = await intentOf(connection, append);
    const marker = await setMarker(connection, append.commandId, intent, signal);
    const first = marker.mine ? intent : marker.first;
    const find = async (): Promise<AppendResult | undefined> => {
      const event = await withPatience(readPatienceMs, () => findCommand(connection, append.commandId, first));
      return event && repeated(event);
    };
    if (!marker.mine && !isSameIntent(marker.first, intent)) {
      const earlier = await find();
      if (earlier) return earlier;
      await takeOver(append.commandId, marker.revision, intent, signal);
    } else if (marker.mine) started.set(append.commandId, 0);

    const isFresh = marker.mine;
    const result = await appendAtExpected(append, signal, async (round) =>
      isFresh && round === 1 ? undefined : await find(),
    ).catch((error: unknown) => {
      started.delete(append.commandId);
      throw error;
    });
    if (result.outcome !== 'appended' || started.delete(append.commandId)) return result;
    // Another process set the marker: perhaps it wrote these events, and the server took ours for the same.
    return (await find()) ?? result;
  };
};

const intentOf = async (connection: Connection, { stream, expectedRevision, events }: Append): Promise<Intent> => {
  const isOpen = expectedRevision === 'any' || expectedRevision === 'stream-exists';
  // Streams of things are short and may be searched from their beginning; only those of journals grow for ever.
  const after = isOpen ? await withPatience(readPatienceMs, () => lastRevision(connection, stream)) : -1;
  return { stream, requestHash: events[0]?.metadata.requestHash ?? '', after };
};

const repeated = ({ stream, revision, position, metadata }: LoggedEvent): AppendResult => ({
  outcome: 'repeated',
  stream,
  revision,
  position,
  requestHash: metadata.requestHash,
});

const isSameIntent = (one: Intent, other: Intent): boolean =>
  one.stream === other.stream && one.requestHash === other.requestHash;

const underWay = (): EventLogUnavailable =>
  new EventLogUnavailable('Another request with this command id is under way.');

/** Longer than any append is tried: whoever set a marker then and wrote nothing has given up. */
const abandonedMs = 15_000;

/**
 * A marker of another request without events: that request may be about to write them. Nobody's clock is asked; only
 * when this process has seen the same marker for so long may it be taken over.
 */
const createForeignMarkers = () => {
  const seen = new LRUCache<string, number>({ max: 10_000 });
  return {
    /** Throws EventLogUnavailable until then; whoever asks again later gets through. */
    waitUntilAbandoned: (commandId: string, revision: number): void => {
      const key = `${commandId}/${revision}`;
      const since = seen.get(key);
      if (since === undefined) seen.set(key, performance.now());
      if (since === undefined || performance.now() - since < abandonedMs) throw underWay();
      seen.delete(key);
    },
  };
};

/** The last event of the command in the stream it set out for; none can be there before the revision it found. */
const findCommand = async (
  { client }: Connection,
  commandId: string,
  { stream, after }: Intent,
): Promise<LoggedEvent | undefined> => {
  let last: LoggedEvent | undefined;
  const options = { fromRevision: BigInt(after + 1), requiresLeader: true } as const;
  await readEvents(client.readStream(stream, options), (recorded) => {
    const event = toLoggedEvent(recorded);
    if (event.metadata.commandId === commandId) last = event;
    return last && event !== last ? 'enough' : 'more';
  });
  return last;
};
