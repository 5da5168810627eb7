import type { EventReader, Page } from './event-feed.ts';
import { about, type Leadership } from './leadership.ts';
import { projectPage } from './project-page.ts';
import { checkIn } from './reports.ts';
import { assertSameLog } from './same-log.ts';
import { settleDeadLetter } from './settle.ts';
import type { Settlements } from './settlements.ts';
import { handOver } from './share-leases.ts';

export type Following = {
  readonly leading: Leadership;
  readonly reader: EventReader;
  readonly settlements: Settlements;
  /** Resolves when the log may have news, somebody asks for something, or the projection ends. */
  untilNews(position: bigint): Promise<void>;
  entered(state: 'live' | 'catching-up'): void;
};

const lookAtLogMs = 5_000;

/**
 * Projects what the log has and what it gets, until the projection ends, an operator pauses it, or another projector
 * has too little to do. Reads and opens the next page while the one before it is being written.
 */
export const followLog = async ({ leading, reader, settlements, untilNews, entered }: Following): Promise<void> => {
  const { log, signal } = leading;
  let lookedAtLog = performance.now();
  let next = ahead(reader.read(leading.lease.position));
  while (!signal.aborted) {
    await settlements.answer((id, how) => settleDeadLetter(leading, id, how));
    if (await mustLetGo(leading)) return;
    const page = await next;
    if (page.last <= leading.lease.position) {
      entered('live');
      await untilNews(leading.lease.position);
      if (performance.now() - lookedAtLog > lookAtLogMs) {
        leading.lease = await assertSameLog(log, leading.lease, signal);
        lookedAtLog = performance.now();
      }
      next = ahead(reader.read(leading.lease.position));
      continue;
    }
    entered(page.isFull ? 'catching-up' : 'live');
    next = ahead(reader.read(page.last));
    await projectPage(leading, page);
  }
};

/** Its failure is met when it is awaited; until then it must not count as unhandled. */
const ahead = (reading: Promise<Page>): Promise<Page> => {
  reading.catch(() => undefined);
  return reading;
};

/** Once a second: tells operators, hears whether one wants a pause, looks whether somebody should take over. */
const mustLetGo = async ({ pool, projection, lease, pace, logger }: Leadership): Promise<boolean> => {
  if (!pace.isDue()) return false;
  const report = pace.report();
  const { mustWait } = await checkIn(pool, projection, lease, report);
  pace.reported(report);
  if (mustWait) return true;
  if (!(await handOver(pool, projection, lease))) return false;
  logger.info({ operation: 'handOver', ...about(projection) }, 'Another projector goes on with the projection');
  return true;
};
