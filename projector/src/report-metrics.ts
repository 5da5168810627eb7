import { setTimeout as delay } from 'node:timers/promises';
import type { EventLog } from '@ims/platform/event-log/event-log';
import type { Metrics } from '@ims/platform/observability/metrics';
import type { ProjectionMeasure } from '@ims/platform/observability/projection-metrics';
import type { StopStep } from '@ims/platform/process/graceful-stop';
import type pg from 'pg';
import { readStatus, type StatusReport } from './cli/read-status.ts';

const everyMs = 5_000;

/** Tells the metrics every five seconds how far each version is, whichever projector leads it. Answers how to stop. */
export const reportMetrics = (
  { pool, log }: { readonly pool: pg.Pool; readonly log: EventLog },
  metrics: Pick<Metrics, 'projections'>,
): StopStep => {
  const stopping = new AbortController();
  const measure = createMeasuring();
  const running = (async () => {
    while (!stopping.signal.aborted) {
      // Where the database is away, the last figures stay; health says so.
      await readStatus(pool, log)
        .then((status) => metrics.projections.report(measure(status)))
        .catch(() => undefined);
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

type Figures = Pick<ProjectionMeasure, 'lagEvents' | 'lagSeconds'>;

/** Answers the measures of a status; where the log could not be read, a version keeps the lag that was known last. */
export const createMeasuring = () => {
  let last: ReadonlyMap<string, Figures> = new Map();
  return ({ projections }: Pick<StatusReport, 'projections'>): readonly ProjectionMeasure[] => {
    const measures = projections.flatMap(({ name, versions }) =>
      versions.flatMap(({ version, state, lagEvents, lagMs, deadLetters }) => {
        const isKnown = lagEvents !== null && lagMs !== null;
        const figures = isKnown ? { lagEvents, lagSeconds: lagMs / 1_000 } : last.get(`${name} ${version}`);
        return figures ? [{ ...figures, projection: name, version, state, deadLetters }] : [];
      }),
    );
    last = new Map(measures.map((measure) => [`${measure.projection} ${measure.version}`, measure]));
    return measures;
  };
};
