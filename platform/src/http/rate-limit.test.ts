import { expect, it } from 'vitest';
import { createMemoryRateLimitStore } from './rate-limit.ts';

it('counts anew when the window has passed', async () => {
  let now = 0;
  const store = createMemoryRateLimitStore(() => now);
  expect(await store.hit('a', 60_000)).toEqual({ count: 1, resetsInMs: 60_000 });
  now = 59_999;
  expect(await store.hit('a', 60_000)).toEqual({ count: 2, resetsInMs: 1 });
  expect(await store.hit('b', 60_000)).toEqual({ count: 1, resetsInMs: 60_000 });
  now = 60_000;
  expect(await store.hit('a', 60_000)).toEqual({ count: 1, resetsInMs: 60_000 });
});
