import type { FastifyReply, FastifyRequest } from 'fastify';
import { expect, it } from 'vitest';
import { rateLimitContract } from './rate-limit.contract.ts';
import { createMemoryRateLimitStore, createRateLimiter, defaultRateLimits } from './rate-limit.ts';

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

it('counts all addresses of one IPv6 network together, for passwords as for everything else', async () => {
  const keys: string[] = [];
  const store = { hit: (key: string) => ({ count: keys.push(key), resetsInMs: 1 }) };
  const limiter = createRateLimiter(defaultRateLimits, store);
  const reply = { header: () => undefined } as unknown as FastifyReply;
  const ask = (ip: string, rate?: 'credentials') =>
    limiter.byAddress({ ip, routeOptions: { config: rate ? { rate } : {} } } as unknown as FastifyRequest, reply);
  for (const ip of ['2001:db8:1:2::1', '2001:db8:1:2:ffff::1', '2001:db8:1:3::1']) {
    await ask(ip);
    await ask(ip, 'credentials');
  }
  expect(new Set(keys)).toEqual(
    new Set(['anonymous', 'credentials'].flatMap((budget) => [2, 3].map((n) => `${budget} 2001:db8:1:${n}::/64`))),
  );
});
