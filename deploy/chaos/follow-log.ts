import { setTimeout as delay } from 'node:timers/promises';
import type { EventLog, LoggedEvent } from '@ims/platform/event-log/event-log';

const pageSize = 2_000;
const retryMs = 50;

/** Follows the log by position as a projection does, through everything that happens, until `done` and nothing is new. */
export const followLog = async (open: () => EventLog, done: AbortSignal): Promise<readonly LoggedEvent[]> => {
  const shown: LoggedEvent[] = [];
  let log = open();
  for (;;) {
    const position = shown.at(-1)?.position ?? 0n;
    const wasDone = done.aborted;
    try {
      const page = await log.readAll(position, pageSize);
      shown.push(...page);
      if (page.length > 0) continue;
      if (wasDone) break;
      await log.waitPast(position, done);
    } catch {
      // PostgreSQL may be at another address by now.
      await log.close().catch(() => undefined);
      await delay(retryMs);
      log = open();
    }
  }
  await log.close();
  return shown;
};

export const readWholeLog = async (log: EventLog): Promise<readonly LoggedEvent[]> => {
  const events: LoggedEvent[] = [];
  for (;;) {
    const page = await log.readAll(events.at(-1)?.position ?? 0n, pageSize);
    if (page.length === 0) return events;
    events.push(...page);
  }
};
