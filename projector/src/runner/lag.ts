import type { EventLog } from '@ims/platform/event-log/event-log';

/** `lagEvents`: how many events are not projected, counted up to 1,000,000. `lagMs`: how old the oldest of them is. */
export type Lag = { readonly lagEvents: number; readonly lagMs: number };

const countedAtMost = 1_000_000;

export const lagOf = async (
  log: Pick<EventLog, 'readAll' | 'countAfter'>,
  position: bigint,
  now: () => number = Date.now,
): Promise<Lag> => {
  const [oldest] = await log.readAll(position, 1);
  if (!oldest) return { lagEvents: 0, lagMs: 0 };
  const lagEvents = await log.countAfter(position, countedAtMost);
  return { lagEvents, lagMs: Math.max(0, now() - Date.parse(oldest.metadata.occurredAt)) };
};
