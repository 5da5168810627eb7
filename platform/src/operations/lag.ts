import type { EventLog } from '../event-log/event-log.ts';

/** How many events are not in the rows yet, counted up to 10,000, and the age of the oldest of them in milliseconds. */
export type Lag = { readonly lagEvents: number; readonly lagMs: number };

export type LagLog = Pick<EventLog, 'countAfter' | 'readAll'>;

/** Lag is counted up to this many events. */
export const countedLag = 10_000;

/** Looks up how far behind a position is. Most versions stand at the same place: each place is looked up once. */
export const lagReader = (log: LagLog): ((position: bigint) => Promise<Lag>) => {
  const known = new Map<bigint, Promise<Lag>>();
  return (position) => {
    const lag = known.get(position) ?? readLag(log, position);
    known.set(position, lag);
    return lag;
  };
};

const readLag = async (log: LagLog, position: bigint): Promise<Lag> => {
  const [lagEvents, [oldest]] = await Promise.all([log.countAfter(position, countedLag), log.readAll(position, 1)]);
  // An event that came between the two questions counts with the next answer.
  if (!oldest || lagEvents === 0) return { lagEvents: 0, lagMs: 0 };
  return { lagEvents, lagMs: Math.max(0, Math.round(Date.now() - Date.parse(oldest.metadata.occurredAt))) };
};
