import { expect, it } from 'vitest';
import type { StatusReport, VersionStatus } from './cli/read-status.ts';
import { createMeasuring } from './report-metrics.ts';

const status = (changes: Partial<VersionStatus>): Pick<StatusReport, 'projections'> => {
  const version: VersionStatus = {
    version: 1,
    state: 'live',
    siteId: null,
    readBy: 'all',
    position: '12',
    lagEvents: 3,
    lagMs: 4_500,
    eventsPerSecond: 0,
    deadLetters: 0,
    throttle: null,
    ...changes,
  };
  return {
    projections: [{ name: 'users', activeVersion: 1, previousVersion: null, bySite: false, versions: [version] }],
  };
};

it('keeps the last lag while the log cannot be read, and goes on telling states and dead letters', () => {
  const measure = createMeasuring();
  measure(status({}));
  const lost = status({ state: 'stopped', deadLetters: 2, lagEvents: null, lagMs: null });
  const kept = { projection: 'users', version: 1, state: 'stopped', deadLetters: 2, lagEvents: 3, lagSeconds: 4.5 };
  expect(measure(lost)).toEqual([kept]);
  expect(measure(lost)).toEqual([kept]);
  expect(measure(status({ lagEvents: 0, lagMs: 0 }))).toMatchObject([{ lagEvents: 0, lagSeconds: 0 }]);
});
