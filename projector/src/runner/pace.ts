import type { Report } from './reports.ts';

/** Counts what a leader passes, for its reports. */
export type Pace = {
  passed(events: number, lastEventAt: string | undefined): void;
  /** True when the last report is a second old. */
  isDue(): boolean;
  /** What has passed since the last report; counted only once `reported` says that it was written. */
  report(): Report;
  reported(report: Report): void;
};

const reportEveryMs = 1_000;
/** How long what was fast or slow keeps showing in the rate. */
const memoryMs = 5_000;

export const createPace = (now: () => number = () => performance.now()): Pace => {
  let since = now();
  let isFirst = true;
  let events = 0;
  let eventsPerSecond = 0;
  let lastEventAt: string | undefined;
  return {
    passed: (more, at) => {
      events += more;
      lastEventAt = at ?? lastEventAt;
    },
    isDue: () => isFirst || now() - since >= reportEveryMs,
    report: () => {
      const elapsedMs = Math.max(now() - since, 1);
      const weight = 1 - Math.exp(-elapsedMs / memoryMs);
      const rate = eventsPerSecond + weight * ((events * 1_000) / elapsedMs - eventsPerSecond);
      return { events, eventsPerSecond: rate < 0.01 ? 0 : rate, lastEventAt };
    },
    reported: (report) => {
      // The first comes at once and has seen nothing yet.
      if (!isFirst) eventsPerSecond = report.eventsPerSecond;
      isFirst = false;
      events -= report.events;
      since = now();
    },
  };
};
