import { expect, it } from 'vitest';
import { createPace } from './pace.ts';

it('tells how many events a second pass, and forgets what was faster', () => {
  let now = 0;
  const pace = createPace(() => now);
  pace.reported(pace.report());
  for (let second = 1; second <= 30; second += 1) {
    pace.passed(2_000, '2026-03-01T09:00:00.000Z');
    now += 1_000;
    pace.reported(pace.report());
  }
  expect(pace.report().eventsPerSecond).toBeGreaterThan(1_900);
  for (let second = 1; second <= 90; second += 1) {
    now += 1_000;
    pace.reported(pace.report());
  }
  now += 1_000;
  expect(pace.report()).toEqual({ events: 0, eventsPerSecond: 0, lastEventAt: '2026-03-01T09:00:00.000Z' });
});

it('is due at once and then once a second; what was not written down is told again', () => {
  let now = 0;
  const pace = createPace(() => now);
  expect(pace.isDue()).toBe(true);
  pace.reported(pace.report());
  pace.passed(5, undefined);
  expect(pace.isDue()).toBe(false);
  now += 1_000;
  expect(pace.isDue()).toBe(true);
  expect(pace.report().events).toBe(5);
  expect(pace.report().events).toBe(5);
});
