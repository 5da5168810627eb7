import { setImmediate as others } from 'node:timers/promises';
import type { EventLog, LoggedEvent } from '@ims/platform/event-log/event-log';
import type { OpenEvents, Page } from '../runner/event-feed.ts';

export type ChunkSource = {
  readonly log: Pick<EventLog, 'readAll'>;
  readonly open: OpenEvents;
  /** False for events that are not to be folded; they are not opened either. */
  readonly isWanted: (event: LoggedEvent) => boolean;
};

/** `read`: how many events of the log it stands for, wanted or not. */
export type Chunk = Page & {
  readonly read: number;
  readonly unwanted: readonly LoggedEvent[];
  readonly lastAt: string | undefined;
};

/** Opening is CPU work; in between, requests and the live projections of this process get their turn. */
const openedAtOnce = 1_000;

/** The next events of the log after a position, at most `size`, and not beyond `upTo` where that is given. */
export const readChunk = async (
  { log, open, isWanted }: ChunkSource,
  after: bigint,
  { size, upTo }: { readonly size: number; readonly upTo?: bigint | undefined },
): Promise<Chunk> => {
  const found = await log.readAll(after, size);
  const logged = upTo === undefined ? found : found.filter(({ position }) => position <= upTo);
  const wanted = logged.filter(isWanted);
  const events: Page['events'][number][] = [];
  for (let from = 0; from < wanted.length; from += openedAtOnce) {
    events.push(...(await open(wanted.slice(from, from + openedAtOnce))));
    await others();
  }
  const last = logged.at(-1);
  return {
    after,
    last: last?.position ?? after,
    events,
    isFull: logged.length === size,
    read: logged.length,
    unwanted: wanted.length === logged.length ? [] : logged.filter((event) => !isWanted(event)),
    lastAt: last?.metadata.occurredAt,
  };
};

/** Chunk by chunk up to a position; while one is folded the next is read. */
export async function* readChunks(
  source: ChunkSource,
  { after, upTo, size }: { readonly after: bigint; readonly upTo: bigint; readonly size: number },
): AsyncGenerator<Chunk> {
  let next = readChunk(source, after, { size, upTo });
  for (;;) {
    const chunk = await next;
    if (chunk.read === 0) return;
    if (chunk.last < upTo) next = readChunk(source, chunk.last, { size, upTo });
    // Its failure is met when it is awaited; until then it must not count as unhandled.
    next.catch(() => undefined);
    yield chunk;
    if (chunk.last >= upTo) return;
  }
}
