import { Gauge, type Registry } from 'prom-client';

/** One version of a projection as the operator sees it; `state` in the words of the status command. */
export type ProjectionMeasure = {
  readonly projection: string;
  readonly version: number;
  readonly state: string;
  readonly lagEvents: number;
  readonly lagSeconds: number;
  readonly deadLetters: number;
};

export type ProjectionMetrics = {
  /** Replaces what was reported before: a version that was dropped is no longer shown. */
  report(measures: readonly ProjectionMeasure[]): void;
};

export const createProjectionMetrics = (registry: Registry): ProjectionMetrics => {
  const gauge = (name: string, help: string, labels: readonly string[] = []) =>
    new Gauge({ name, help, labelNames: ['projection', 'version', ...labels], registers: [registry] });
  const lagEvents = gauge('ims_projection_lag_events', 'Events that the projection has not taken yet');
  const lagSeconds = gauge(
    'ims_projection_lag_seconds',
    'Age of the oldest event that the projection has not taken yet',
  );
  const deadLetters = gauge('ims_projection_dead_letters', 'Events that are parked until somebody resolves them');
  const state = gauge('ims_projection_state', 'The state that the projection is in; always 1', ['state']);
  return {
    report: (measures) => {
      for (const each of [lagEvents, lagSeconds, deadLetters, state]) each.reset();
      for (const measure of measures) {
        const labels = { projection: measure.projection, version: measure.version };
        lagEvents.set(labels, measure.lagEvents);
        lagSeconds.set(labels, measure.lagSeconds);
        deadLetters.set(labels, measure.deadLetters);
        state.set({ ...labels, state: measure.state }, 1);
      }
    },
  };
};
