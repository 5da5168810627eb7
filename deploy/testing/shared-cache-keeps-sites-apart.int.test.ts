import { randomUUID } from 'node:crypto';
import { describeOn, redisServer } from '@ims/platform/testing/engines';
import type { TestServer } from '@ims/platform/testing/server-process';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { recordFields } from './authorization/who-may.ts';
import { type Call, type RunningProduct, runProduct } from './running-product.ts';

const longestLifeMs = 10 * 60_000;
const canaries = { brussels: `canary${randomUUID().slice(0, 8)}`, lisbon: `canary${randomUUID().slice(0, 8)}` };
const sites = ['brussels', 'lisbon'] as const;

describeOn({ name: 'Redis', own: true }, 'The shared cache', () => {
  let server: TestServer;
  let redis: Redis;
  let running: RunningProduct;
  let editor: Call;

  beforeAll(async () => {
    server = await redisServer({ own: true });
    redis = new Redis(server.url);
    running = await runProduct({
      engines: { EVENT_LOG: 'postgres', MESSAGES: 'postgres', CACHE: 'redis', REDIS_URL: server.url },
    });
    editor = (await running.signIn('editor')).call;
    for (const site of sites) {
      const text = canaries[site];
      const body = { ...recordFields, title: text, lead: text, location: text, description: text, notes: text };
      expect((await editor('POST', '/api/v1/interactions', { body, siteId: running.sites[site] })).status).toBe(201);
    }
  });
  afterAll(async () => {
    redis?.disconnect();
    await running?.stop();
    await server?.close();
  });

  /** Everything that is kept by now; asked again until both sites' pages are there, for they are written after the answer. */
  const kept = async (): Promise<ReadonlyMap<string, string>> => {
    for (;;) {
      const keys = await redis.keys('*');
      const values = keys.length > 0 ? await redis.mget(keys) : [];
      const entries = new Map(keys.map((key, at) => [key, values[at] ?? '']));
      if (sites.every((site) => [...entries.values()].some((value) => value.includes(canaries[site])))) return entries;
    }
  };

  it('keeps what is written on a site under that site’s keys only, and for ten minutes at most', async () => {
    for (const site of sites) {
      for (const query of ['', `?search=${canaries[site]}`, `?search=${canaries.brussels}`]) {
        await editor('GET', `/api/v1/interactions${query}`, { siteId: running.sites[site] });
      }
      await editor('GET', '/api/v1/interactions/leads', { siteId: running.sites[site] });
    }
    const entries = await kept();
    for (const [key, value] of entries) {
      for (const site of sites) {
        expect(key).not.toContain(canaries[site]);
        if (value.includes(canaries[site])) expect(key).toContain(running.sites[site]);
      }
      const life = await redis.pttl(key);
      expect([key, life > 0 && life <= longestLifeMs]).toEqual([key, true]);
    }
  });
});
