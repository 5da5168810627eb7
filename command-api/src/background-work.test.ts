import { createLogger } from '@ims/platform/observability/logger';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { type Round, startBackgroundWork } from './background-work.ts';

const logger = createLogger({ component: 'test', level: 'silent' });
const rounds: (Round | Error)[] = [];
let done = 0;
const start = () =>
  startBackgroundWork({
    name: 'test',
    pollMs: 1_000,
    logger,
    round: async () => {
      done += 1;
      const next = rounds.shift() ?? 'idle';
      if (next instanceof Error) throw next;
      return next;
    },
  });

beforeEach(() => {
  vi.useFakeTimers();
  rounds.length = 0;
  done = 0;
});
afterEach(() => vi.useRealTimers());

it('goes on while there is more, then looks every second and whenever it is woken', async () => {
  rounds.push('more', 'more');
  const work = start();
  await vi.advanceTimersByTimeAsync(999);
  expect(done).toBe(3);
  await vi.advanceTimersByTimeAsync(1);
  expect(done).toBe(4);
  work.wake();
  await vi.advanceTimersByTimeAsync(0);
  expect(done).toBe(5);
  await work.stop();
});

it('keeps a wake-up that comes while it is at work', async () => {
  const work = start();
  work.wake();
  await vi.advanceTimersByTimeAsync(0);
  expect(done).toBe(2);
  await work.stop();
});

it('waits ever longer while it cannot be done, 30 s at most, and begins anew after that', async () => {
  rounds.push('later', new Error('The database is away'), 'later', 'later', 'later', 'later', 'later', 'later');
  const work = start();
  for (const seconds of [1, 2, 4, 8, 16, 30, 30, 30]) {
    const before = done;
    work.wake();
    await vi.advanceTimersByTimeAsync(seconds * 1_000 - 1);
    expect([seconds, done]).toEqual([seconds, before]);
    await vi.advanceTimersByTimeAsync(1);
    expect([seconds, done]).toEqual([seconds, before + 1]);
  }
  await work.stop();
});

it('ends after the round that is under way, also out of a long pause', async () => {
  rounds.push('later');
  const work = start();
  await vi.advanceTimersByTimeAsync(0);
  await work.stop();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(done).toBe(1);
});
