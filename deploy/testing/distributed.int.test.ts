import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { masterKeyFile } from '@ims/platform/event-log/master-key';
import { createTestDatabase, type TestDatabase } from '@ims/platform/testing/test-database';
import { testMasterKey } from '@ims/platform/testing/test-master-key';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { onPath } from '../distributed/find-engines.ts';
import { allMigrations } from '../launcher/database.ts';
import { type DistributedProduct, isAlive, startDistributed } from './distributed-product.ts';
import { jsonOf } from './json-of.ts';

const administrator = {
  IMS_ADMIN_USERNAME: 'root',
  IMS_ADMIN_EMAIL: 'root@example.org',
  IMS_ADMIN_PASSWORD: 'Office-2026!',
};
/** Seven processes compile themselves on two cores that other tests use as well. */
const startMs = 180_000;
const patienceMs = 30_000;

const engines = await Promise.all([
  process.env.NATS_URL ?? onPath('nats-server'),
  process.env.REDIS_URL ?? onPath('redis-server'),
]);
const missing = engines.includes(undefined) && process.env.CI !== 'true';

/** Asks again while the answer is that something is away for now, as the web app does; counts how often it had to. */
const insist = async (ask: () => Promise<Response>): Promise<{ response: Response; attempts: number }> => {
  const deadline = Date.now() + patienceMs;
  for (let attempts = 1; ; attempts += 1) {
    const response = await ask().catch(() => undefined);
    if (response && response.status !== 503 && response.status !== 429) return { response, attempts };
    if (Date.now() > deadline) throw new Error(`Still ${response?.status ?? 'no answer'} after ${attempts} attempts`);
    await response?.arrayBuffer();
    await delay(100);
  }
};

describe.skipIf(missing)('two of each service on NATS and Redis, behind the gateway', { timeout: startMs }, () => {
  let database: TestDatabase;
  let home: string;
  let product: DistributedProduct;
  let token: string;
  let siteId: string;
  const created: string[] = [];

  beforeAll(async () => {
    database = await createTestDatabase(allMigrations);
    home = await mkdtemp(join(tmpdir(), 'ims-distributed-'));
    await writeFile(masterKeyFile(home), `${testMasterKey.bytes.toString('hex')}\n`, { mode: 0o600 });
    product = await startDistributed(home, {
      ...administrator,
      DATABASE_URL: database.url(),
      IMS_DEMO: 'off',
      RATE_LIMIT: 'off',
    });
    token = await signIn();
    token = await changePassword();
    siteId = await openSite();
  }, startMs);

  afterAll(async () => {
    await product?.stop();
    await database?.drop();
    await rm(home, { recursive: true, force: true });
  });

  const send = (
    method: string,
    path: string,
    options: { at?: string; body?: unknown; headers?: Record<string, string> } = {},
  ) =>
    fetch((options.at ?? product.url) + path, {
      method,
      headers: {
        ...(token ? { authorization: `Bearer ${token}` } : {}),
        ...(siteId ? { 'x-site-id': siteId } : {}),
        ...(options.body === undefined ? {} : { 'content-type': 'application/json' }),
        ...options.headers,
      },
      ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
      signal: AbortSignal.timeout(10_000),
    });

  const signIn = async (): Promise<string> => {
    const { IMS_ADMIN_USERNAME: username, IMS_ADMIN_PASSWORD: password } = administrator;
    const { response } = await insist(() => send('POST', '/api/v1/auth/login', { body: { username, password } }));
    return (await jsonOf(response)).token;
  };

  /** The first administrator's password came from the environment, so it opens nothing but its own change. */
  const changePassword = async (): Promise<string> => {
    const body = { currentPassword: administrator.IMS_ADMIN_PASSWORD, newPassword: 'Harbour-Lights-52' };
    const { response } = await insist(() => send('POST', '/api/v1/auth/password/change', { body }));
    expect(response.status, await response.clone().text()).toBe(200);
    return (await jsonOf(response)).token;
  };

  const openSite = async (): Promise<string> => {
    const { response } = await insist(() => send('POST', '/api/v1/sites', { body: { name: 'Harbour' } }));
    return (await jsonOf(response)).site.id;
  };

  /** Records a title as the web app does, with one key for all attempts, and answers the consistency token. */
  const record = async (title: string): Promise<string> => {
    const headers = { 'idempotency-key': randomUUID() };
    const body = { title, type: 'Call', status: 'draft' };
    const { response } = await insist(() => send('POST', '/api/v1/interactions', { body, headers }));
    expect(response.status, await response.clone().text()).toBe(201);
    created.push(title);
    return response.headers.get('x-consistency-token') ?? '';
  };

  const find = async (title: string, consistency: string, at?: string): Promise<readonly string[]> => {
    const path = `/api/v1/interactions?search=${encodeURIComponent(`"${title}"`)}`;
    const headers = { 'x-consistency-token': consistency };
    const { response } = await insist(() => send('GET', path, { headers, ...(at ? { at } : {}) }));
    expect(response.status, await response.clone().text()).toBe(200);
    return (await jsonOf(response)).interactions.map((row: { title: string }) => row.title);
  };

  it('is UP when every process of every service is', async () => {
    expect(product.said).toContain('messages: NATS, cache: Redis');
    const health = await jsonOf(await fetch(`${product.url}/api/v1/health`));
    expect(health.status).toBe('UP');
    expect(health.details['query-api'].processes).toEqual(['UP', 'UP']);
  });

  it('describes both APIs in one document', async () => {
    const { paths } = await jsonOf(await fetch(`${product.url}/api/v1/openapi.json`));
    expect(Object.keys(paths['/api/v1/interactions'])).toEqual(expect.arrayContaining(['get', 'post']));
  });

  it('shows what was recorded through every query API', async () => {
    const consistency = await record('Tide tables');
    const processes = await product.processes();
    for (const name of ['query-api-1', 'query-api-2']) {
      expect(await find('Tide tables', consistency, processes[name]?.address)).toEqual(['Tide tables']);
    }
  });

  it('tells browsers at every query API what changed', async () => {
    const processes = await product.processes();
    const listeners = await Promise.all(
      [product.url, processes['query-api-1']?.address, processes['query-api-2']?.address].map((at = '') => listen(at)),
    );
    await record('Lighthouse');
    await Promise.all(listeners.map((heard) => heard(/event: interactions/)));
  });

  const listen = async (at: string): Promise<(pattern: RegExp) => Promise<void>> => {
    const response = await fetch(`${at}/api/v1/interactions/changes`, {
      headers: { authorization: `Bearer ${token}`, 'x-site-id': siteId, accept: 'text/event-stream' },
    });
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    return async (pattern) => {
      while (!pattern.test(text)) {
        const { value, done } = (await reader?.read()) ?? { done: true, value: undefined };
        if (done) throw new Error(`The stream ended after: ${text}`);
        text += value;
      }
      await reader?.cancel();
    };
  };

  it.each(['command-api-1', 'query-api-1', 'projector-1', 'projector-2', 'nats-server', 'redis-server', 'gateway'])(
    'goes on when %s dies, with nothing asked of people but a retry',
    async (name) => {
      const before = `Before ${name}`;
      expect(await find(before, await record(before))).toEqual([before]);
      const dying = product.kill(name);
      for (const at of [1, 2, 3]) {
        const title = `While ${name} is away ${at}`;
        expect(await find(title, await record(title))).toEqual([title]);
      }
      await dying;
    },
  );

  it('has recorded everything once', async () => {
    const last = await record('The last one');
    await find('The last one', last);
    const { response } = await insist(() => send('GET', '/api/v1/interactions?pageSize=100'));
    const titles: string[] = (await jsonOf(response)).interactions.map((row: { title: string }) => row.title);
    expect(titles.sort()).toEqual([...created].sort());
  });

  it('leaves no process behind when the one that started all is killed', async () => {
    const pids = Object.values(await product.processes()).map(({ pid }) => pid);
    expect(await Promise.all(pids.map(isAlive))).not.toContain(false);
    product.parent.kill('SIGKILL');
    await expect
      .poll(async () => (await Promise.all(pids.map(isAlive))).filter(Boolean).length, { timeout: 40_000 })
      .toBe(0);
  });
});
