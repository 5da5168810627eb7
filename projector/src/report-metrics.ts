import { setTimeout as delay } from 'node:timers/promises';
import type { EventLog } from '@ims/platform/event-log/event-log';
import type { Metrics } from '@ims/platform/observability/metrics';
import type { StopStep } from '@ims/platform/process/graceful-stop';
import type pg from 'pg';
import { readStatus } from './cli/read-status.ts';

const everyMs = 5_000;

/** Tells the metrics every five seconds how far each version is, whichever projector leads it. Answers how to stop. */
export const reportMetrics = (
  { pool, log }: { readonly pool: pg.Pool; readonly log: EventLog },
  metrics: Pick<Metrics, 'projections'>,
): StopStep => {
  const stopping = new AbortController();
  const running = (async () => {
    while (!stopping.signal.aborted) {
      // Where the database or the log is away, the last figures stay; health says so.
      await report(pool, log, metrics).catch(() => undefined);
      await delay(everyMs, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  })();
  return {
    name: 'metrics of projections',
    stop: () => {
      stopping.abort();
      return running;
    },
  };
};

const report = async (pool: pg.Pool, log: EventLog, metrics: Pick<Metrics, 'projections'>): Promise<void> => {
  const { projections } = await readStatus(pool, log);
  const measures = projections.flatMap(({ name, versions }) =>
    versions.flatMap(({ version, state, lagEvents, lagMs, deadLetters }) =>
      lagEvents === null || lagMs === null
        ? []
        : [{ projection: name, version, state, lagEvents, lagSeconds: lagMs / 1_000, deadLetters }],
    ),
  );
  metrics.projections.report(measures);
};
