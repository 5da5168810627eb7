import { expect, it } from 'vitest';
import { rateLimitContract } from './rate-limit.contract.ts';
import { createMemoryRateLimitStore } from './rate-limit.ts';

rateLimitContract('Rate limits in this process', () => {
  const store = createMemoryRateLimitStore();
  return Promise.resolve({ stores: [store, store], close: () => Promise.resolve() });
});

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
