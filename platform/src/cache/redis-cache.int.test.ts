import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createLogger } from '../observability/logger.ts';
import { EngineRefused } from '../process/engine-refused.ts';
import { describeOn, itNamesTheServer, redisServer } from '../testing/engines.ts';
import type { TestServer } from '../testing/server-process.ts';
import { createReadThrough, type SharedCache } from './cache.ts';
import { createRedisCache, redisPrefix } from './redis-cache.ts';
import { createRedisConnection } from './redis-connection.ts';
import { sharedCacheContract } from './shared-cache.contract.ts';

const logger = createLogger({ component: 'cache-test', level: 'silent' });
/** A busy machine may be late, and late is not wrong. */
const patientMs = 5_000;
const open = (url: string, callTimeoutMs = patientMs): SharedCache =>
  createRedisCache(createRedisConnection({ url, logger, callTimeoutMs }));

describeOn('Redis', 'with a Redis server', () => {
  let server: TestServer;
  let operator: Redis;
  beforeAll(async () => {
    server = await redisServer();
    operator = new Redis(server.url);
  });
  afterAll(async () => {
    operator.disconnect();
    await server.close();
  });

  itNamesTheServer(async () => `redis-server ${/redis_version:(\S+)/.exec(await operator.info('server'))?.[1]}`);

  sharedCacheContract('Shared cache in Redis', async () => {
    const [cache, other] = [open(server.url), open(server.url)];
    return {
      cache,
      other,
      flush: async () => void (await operator.flushdb()),
      remainingMs: (key) => operator.pttl(redisPrefix + key),
      close: async () => void (await Promise.all([cache.close(), other.close()])),
    };
  });
});

describeOn({ name: 'Redis', own: true }, 'When Redis fails, the cache', () => {
  const opened: { close(): Promise<void> }[] = [];
  afterEach(async () => {
    for (const thing of opened.splice(0).reverse()) await thing.close();
  });
  const start = async (options: { readonly password?: string } = {}): Promise<TestServer> => {
    const server = await redisServer({ ...options, own: true });
    opened.push(server);
    return server;
  };
  const connect = (url: string, callTimeoutMs = patientMs): SharedCache => {
    const cache = open(url, callTimeoutMs);
    opened.push(cache);
    return cache;
  };

  it('knows nothing while the server is away, and goes on after its restart', async () => {
    const server = await start();
    const cache = connect(server.url);
    await cache.check();
    await cache.set('key', 'value', 60_000);
    await server.kill();
    expect(await cache.get('key')).toBeUndefined();
    await cache.set('key', 'lost', 60_000);
    await expect(cache.check()).rejects.toThrow();
    await server.restart();
    await until(async () => (await cache.check().catch(() => 'away')) !== 'away');
    expect(await cache.get('key')).toBeUndefined();
    await until(async () => {
      await cache.set('key', 'new', 60_000);
      return (await cache.get('key')) === 'new';
    });
  });

  it('waits for a server that is not there yet', async () => {
    const server = await start();
    await server.kill();
    const cache = connect(server.url);
    await expect(cache.check()).rejects.toThrow();
    await server.restart();
    await until(async () => (await cache.check().catch(() => 'away')) !== 'away');
  });

  it('costs readers nothing that they would notice while the server hangs, and every answer is right', async () => {
    const server = await start();
    const shared = connect(server.url, 100);
    await shared.check();
    const pages = createReadThrough<number>({
      name: 'pages',
      maxEntries: 10,
      ttlMs: 60_000,
      shared,
      serialize: String,
      parse: Number,
    });
    const read = (key: number): Promise<number> =>
      pages.read(String(key), () => Promise.resolve({ value: key * 2, storeUnder: String(key) }));
    await read(1);
    server.stop();
    let waited = 0;
    for (let key = 0; key < 200; key += 1) {
      const startedAt = performance.now();
      expect(await read(key)).toBe(key * 2);
      if (performance.now() - startedAt > 90) waited += 1;
    }
    // Those that found it out, and a few that looked whether Redis is back.
    expect(waited).toBeLessThan(12);
    server.resume();
    await until(async () => {
      await shared.set('after', 'hang', 60_000);
      return (await shared.get('after')) === 'hang';
    });
  });

  it('names the wrong password as something to mend, and the right one works', async () => {
    const server = await start({ password: 'right' });
    const { host } = new URL(server.url);
    await expect(connect(`redis://:wrong@${host}`).check()).rejects.toThrow(EngineRefused);
    await expect(connect(`redis://${host}`).check()).rejects.toThrow(EngineRefused);
    await expect(connect(`redis://:right@${host}`).check()).resolves.toBeUndefined();
  });
});

describe('At its start the cache', () => {
  describeOn({ name: 'Redis', own: true }, 'on a server that writes to its disk', () => {
    it('warns the operator, once', async () => {
      const server = await redisServer({ own: true });
      const operator = new Redis(server.url);
      await operator.config('SET', 'save', '3600 1');
      const lines: string[] = [];
      const destination = { write: (line: string) => void lines.push(line) };
      const warned = createLogger({ component: 'cache-test', level: 'warn', destination });
      const connection = createRedisConnection({ url: server.url, logger: warned });
      await connection.check();
      await connection.check();
      expect(lines.filter((line) => line.includes('snapshots to its disk'))).toHaveLength(1);
      operator.disconnect();
      await connection.close();
      await server.close();
    });
  });
});

const until = async (condition: () => Promise<boolean>): Promise<void> => {
  while (!(await condition())) await new Promise((resolve) => setImmediate(resolve));
};
