import { setTimeout as delay } from 'node:timers/promises';
import type { EventLog } from '@ims/platform/event-log/event-log';
import type { FeedEvent, OpenEvents } from './feed-event.ts';

/** Events of the log after one position up to another; `isFull` when there may be more at once. */
export type Page = {
  readonly after: bigint;
  readonly last: bigint;
  readonly events: readonly FeedEvent[];
  readonly isFull: boolean;
};

/** One projection's place in the feed. */
export type EventReader = {
  /** What comes after the position; empty at the head of the log. */
  read(after: bigint): Promise<Page>;
};

export type EventFeed = {
  reader(): EventReader;
  /** For events that were read past the feed. */
  readonly open: OpenEvents;
};

export type { OpenEvents } from './feed-event.ts';

/** Large enough that what follows soon after a record is folded with it: one write to the text index instead of two. */
const pageSize = 4_000;
const keptEvents = 16_000;
/** Not longer, because content in memory outlives the erasure of its key. */
const keptMs = 5_000;
/** How long the first in the row waits for the last; one that is stuck must not hold up the others. */
const patienceMs = 200;

type Chunk = Page & { readonly readAt: number };
type Place = { after: bigint; askedAt: number };

/**
 * One reading of the log for all projections of a process, because opening sealed events costs more than projecting
 * them. What was read last is kept as a row of chunks without gaps; whoever asks for a position inside gets what
 * follows from there, so that projections fall into step, whatever positions look like.
 */
export const createEventFeed = (log: Pick<EventLog, 'readAll'>, open: OpenEvents): EventFeed => {
  const underWay = new Map<bigint, Promise<Page>>();
  const places = new Set<Place>();
  let chunks: readonly Chunk[] = [];

  const fetch = async (after: bigint): Promise<Page> => {
    const logged = await log.readAll(after, pageSize);
    const events = await open(logged);
    const page = { after, last: events.at(-1)?.position ?? after, events, isFull: logged.length === pageSize };
    if (events.length > 0) chunks = keep(chunks, { ...page, readAt: performance.now() });
    return page;
  };

  const fetchOnce = (after: bigint): Promise<Page> => {
    const reading = underWay.get(after) ?? fetch(after).finally(() => underWay.delete(after));
    underWay.set(after, reading);
    return reading;
  };

  /** True while another reader would fall out of what is kept if the next page came. */
  const isTooFarAhead = (self: Place): boolean => {
    const [first, second] = chunks;
    if (!first || !second || countEvents(chunks) + pageSize <= keptEvents || self.after !== chunks.at(-1)?.last) {
      return false;
    }
    const now = performance.now();
    return [...places].some(
      (place) => place.after >= first.after && place.after < second.after && now - place.askedAt < 10 * patienceMs,
    );
  };

  return {
    open,
    reader: () => {
      const place: Place = { after: -1n, askedAt: 0 };
      places.add(place);
      return {
        read: async (after) => {
          place.after = after;
          place.askedAt = performance.now();
          const oldest = place.askedAt - keptMs;
          chunks = chunks.filter(({ readAt }) => readAt > oldest);
          const known = pageFrom(chunks, after);
          if (known) return known;
          const givenUpAt = place.askedAt + patienceMs;
          while (isTooFarAhead(place) && performance.now() < givenUpAt) await delay(5);
          return pageFrom(chunks, after) ?? fetchOnce(after);
        },
      };
    },
  };
};

const countEvents = (chunks: readonly Chunk[]): number => chunks.reduce((sum, { events }) => sum + events.length, 0);

/** Continues the row at its end; what somebody far behind has read is not kept, except when nothing else is. */
const keep = (chunks: readonly Chunk[], chunk: Chunk): readonly Chunk[] => {
  if (chunks.length === 0) return [chunk];
  if (chunks.at(-1)?.last !== chunk.after) return chunks;
  const longer = [...chunks, chunk];
  while (countEvents(longer) > keptEvents) longer.shift();
  return longer;
};

/** At most a page of what is kept after the position; nothing when it is not inside. */
const pageFrom = (chunks: readonly Chunk[], after: bigint): Page | undefined => {
  const at = chunks.findIndex((chunk) => chunk.after <= after && after < chunk.last);
  if (at < 0) return undefined;
  const events: FeedEvent[] = [];
  for (const chunk of chunks.slice(at)) {
    events.push(...(chunk.after < after ? chunk.events.filter(({ position }) => position > after) : chunk.events));
    if (events.length >= pageSize) break;
  }
  const page = events.slice(0, pageSize);
  const isWhole = page.length === events.length && page.at(-1)?.position === chunks.at(-1)?.last;
  return {
    after,
    last: page.at(-1)?.position ?? after,
    events: page,
    isFull: !isWhole || chunks.at(-1)?.isFull === true,
  };
};
