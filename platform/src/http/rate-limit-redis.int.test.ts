import { afterAll, beforeAll, expect, it } from 'vitest';
import { createRedisConnection } from '../cache/redis-connection.ts';
import { createLogger } from '../observability/logger.ts';
import { describeOn, redisServer } from '../testing/engines.ts';
import type { TestServer } from '../testing/server-process.ts';
import { rateLimitContract } from './rate-limit.contract.ts';
import { createMemoryRateLimitStore } from './rate-limit.ts';
import { createRedisRateLimitStore } from './rate-limit-redis.ts';

const logger = createLogger({ component: 'rate-limit-test', level: 'silent' });

/** By default a busy machine may be late, and late is not wrong. */
const openStore = async (url: string, callTimeoutMs = 5_000) => {
  const connection = createRedisConnection({ url, logger, callTimeoutMs });
  await connection.check();
  return { connection, store: createRedisRateLimitStore(connection, createMemoryRateLimitStore()) };
};

describeOn('Redis', 'with a Redis server', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await redisServer();
  });
  afterAll(() => server.close());

  rateLimitContract('Rate limits in Redis', async () => {
    const [one, other] = await Promise.all([openStore(server.url), openStore(server.url)]);
    return {
      stores: [one.store, other.store],
      close: async () => void (await Promise.all([one.connection.close(), other.connection.close()])),
    };
  });
});

describeOn({ name: 'Redis', own: true }, 'When Redis fails, rate limits', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await redisServer({ own: true });
  });
  afterAll(() => server.close());

  it('are counted in the process, hardly later, and shared again afterwards', async () => {
    const { connection, store } = await openStore(server.url, 100);
    for (let call = 1; call <= 5; call += 1) expect((await store.hit('someone', 60_000)).count).toBe(call);
    server.stop();
    const startedAt = performance.now();
    for (let call = 1; call <= 100; call += 1) expect((await store.hit('someone', 60_000)).count).toBe(call);
    // If each of them had waited, it would have been 10 s.
    expect(performance.now() - startedAt).toBeLessThan(5_000);
    server.resume();
    // What Redis counted before, and the few calls that it heard of when it went on.
    let count = 0;
    while (count < 6 || count > 20) {
      count = (await store.hit('someone', 60_000)).count;
      await new Promise((resolve) => setImmediate(resolve));
    }
    await server.kill();
    expect((await store.hit('somebody else', 60_000)).count).toBe(1);
    await connection.close();
  });
});
