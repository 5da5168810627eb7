import { openSharedCache } from '@ims/platform/cache/open-cache';
import { createRedisConnection, type RedisConnection } from '@ims/platform/cache/redis-connection';
import { createLogger } from '@ims/platform/observability/logger';
import { describeOn, redisServer } from '@ims/platform/testing/engines';
import type { TestServer } from '@ims/platform/testing/server-process';
import { startProjector } from '@ims/projector/app';
import { readMigrations } from '@ims/projector/migrations';
import { projections } from '@ims/projector/projections';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Api, createWorld, lostMessages, type World } from './testing/world.ts';

const list = '/api/v1/interactions?total=exact';

describeOn({ name: 'Redis', own: true }, 'pages shared by several instances through Redis', () => {
  let world: World;
  let server: TestServer;
  let redis: RedisConnection;
  let instances: readonly Api[];
  const closing: (() => Promise<void>)[] = [];
  let site: string;
  let anna: string;

  const logger = createLogger({ component: 'query-api', level: 'silent' });
  const startInstance = async (): Promise<Api> => {
    const { cache, close } = openSharedCache({ CACHE: 'redis', REDIS_URL: server.url }, { logger });
    closing.push(close);
    return world.startApi({ sharedCache: cache, messages: lostMessages });
  };

  beforeAll(async () => {
    server = await redisServer({ own: true });
    redis = createRedisConnection({ url: server.url, logger });
    world = await createWorld({
      migrations: readMigrations,
      startProjector: (parts) => startProjector({ ...parts, projections, seizeLeases: true }),
    });
    anna = await world.situation.user('Anna Smith');
    site = await world.situation.site('Brussels');
    await world.situation.role(site, anna, 'editor');
    await world.situation.interaction(site, anna, { title: 'The first' });
    await world.settled();
    instances = [await startInstance(), await startInstance()];
  });

  afterAll(async () => {
    await world.close();
    await Promise.all(closing.map((close) => close()));
    await redis.close();
    await server.close();
  });

  const stored = async (): Promise<string[]> => ((await redis.run((one) => one.keys('ims:pages:*'))) ?? []).sort();
  const titlesOf = async (api: Api): Promise<string[]> => {
    const { status, body } = await api.get(anna, site, list);
    expect(status).toBe(200);
    return body.interactions.map(({ title }: { title: string }) => title);
  };
  const until = async (fits: () => Promise<boolean>): Promise<void> => {
    const startedAt = performance.now();
    while (!(await fits())) expect(performance.now() - startedAt).toBeLessThan(10_000);
  };
  const current = async (): Promise<string> => `Titled ${await world.situation.head()}`;
  /** Saves a record that every instance has to show soon. */
  const save = async (): Promise<void> => {
    const title = await current();
    await world.situation.interaction(site, anna, { title });
    await world.settled();
    for (const api of instances) await until(async () => (await titlesOf(api)).includes(title));
  };

  test('are kept under a key that names the site and hides the question, for ten minutes at most', async () => {
    await until(async () => {
      await titlesOf(instances[0] as Api);
      await save();
      return (await stored()).length > 0;
    });
    const [key = ''] = await stored();
    expect(key).toContain(site);
    expect(key).not.toContain('total');
    const left = await redis.run((one) => one.pttl(key));
    expect(left).toBeGreaterThan(0);
    expect(left).toBeLessThanOrEqual(600_000);
  });

  test('are the right ones after every save, also when Redis forgets everything in between', async () => {
    for (let round = 1; round <= 5; round += 1) {
      await save();
      if (round % 2 === 0) await redis.run((one) => one.flushall());
    }
  });

  test('come from the other instance: what it put there is what a third one answers', async () => {
    await save();
    await until(async () => {
      for (const api of instances) await titlesOf(api);
      const [key] = (await stored()).slice(-1);
      return key !== undefined;
    });
    for (const key of await stored()) {
      const value = (await redis.run((one) => one.get(key))) ?? '';
      await redis.run((one) => one.set(key, value.replaceAll('The first', 'From Redis'), 'KEEPTTL'));
    }
    const third = await startInstance();
    await until(async () => (await titlesOf(third)).includes('From Redis'));
    await redis.run((one) => one.flushall());
    await save();
  });

  test('are answered without Redis: while it hangs, when it is killed, and when it is back', async () => {
    let reading = true;
    const statuses: number[] = [];
    const readers = instances.map(async (api) => {
      while (reading) statuses.push((await api.get(anna, site, list)).status);
    });
    server.stop();
    await save();
    server.resume();
    await save();
    await server.kill();
    await save();
    await server.restart();
    await save();
    reading = false;
    await Promise.all(readers);
    expect(statuses.length).toBeGreaterThan(20);
    expect(statuses.filter((status) => status !== 200)).toEqual([]);
  });

  test('are a matter of health that never takes the service down', async () => {
    await server.kill();
    const [api] = instances;
    const { statusCode, body } = (await api?.app.inject('/api/v1/health')) ?? { statusCode: 0, body: '' };
    expect(statusCode).toBe(200);
    expect(JSON.parse(body)).toMatchObject({ status: 'DEGRADED', details: { db: 'UP', cache: 'DEGRADED' } });
    await server.restart();
  });
});
