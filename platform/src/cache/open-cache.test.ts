import { expect, it } from 'vitest';
import { createLogger } from '../observability/logger.ts';
import { openSharedCache } from './open-cache.ts';

const logger = createLogger({ component: 'cache-test', level: 'silent' });

it('needs nothing where every process has its own memory alone', async () => {
  const { cache, rateLimitStore, check, close } = openSharedCache({ CACHE: 'memory' }, { logger });
  expect(cache).toBeUndefined();
  expect(await rateLimitStore.hit('someone', 60_000)).toEqual({ count: 1, resetsInMs: 60_000 });
  await check();
  await close();
});

it('knows nothing and counts by itself where there is no Redis at the address', async () => {
  const nobody = 'redis://127.0.0.1:1';
  const { cache, rateLimitStore, check, close } = openSharedCache({ CACHE: 'redis', REDIS_URL: nobody }, { logger });
  await cache?.set('key', 'value', 60_000);
  expect(await cache?.get('key')).toBeUndefined();
  await rateLimitStore.hit('someone', 60_000);
  expect((await rateLimitStore.hit('someone', 60_000)).count).toBe(2);
  await expect(check()).rejects.toThrow('ECONNREFUSED');
  await close();
});

it('is not opened without an address', () => {
  expect(() => openSharedCache({ CACHE: 'redis' }, { logger })).toThrow('REDIS_URL');
});
