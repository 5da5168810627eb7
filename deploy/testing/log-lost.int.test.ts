import { randomUUID } from 'node:crypto';
import { createCommandPool, openCommandService } from '@ims/command-api/service';
import { createLogger } from '@ims/platform/observability/logger';
import type { StopStep } from '@ims/platform/process/graceful-stop';
import { type EngineChoice, openEngines } from '@ims/platform/process/open-engines';
import { createTestDatabase, type TestDatabase } from '@ims/platform/testing/test-database';
import { testMasterKey } from '@ims/platform/testing/test-master-key';
import { createProjectorPool, openProjectorService } from '@ims/projector/service';
import { createQueryPool } from '@ims/query-api/query-pool';
import { openQueryService } from '@ims/query-api/service';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { demoPassword } from '../demo/demo-organization.ts';
import { demoSiteId, seedOrganization } from '../demo/seed-demo.ts';
import { allMigrations } from '../launcher/database.ts';
import { createGateway } from '../launcher/gateway.ts';
import { listen } from '../launcher/port.ts';
import { jsonOf } from './json-of.ts';
import { createTcpGate, type TcpGate, through } from './tcp-gate.ts';

const logger = createLogger({ component: 'test', level: 'silent' });
const choice: EngineChoice = { EVENT_LOG: 'postgres', MESSAGES: 'postgres', CACHE: 'memory' };
const shared = { version: 'test', masterKey: testMasterKey, logger, rateLimit: false };

let database: TestDatabase;
let gate: TcpGate;
let url: string;
let token: string;
const stopSteps: StopStep[] = [];

/** The services, with the log alone behind a gate. */
beforeAll(async () => {
  database = await createTestDatabase(allMigrations);
  const { hostname, port } = new URL(database.url());
  gate = await createTcpGate({ host: hostname, port: Number(port) });
  await gate.open();
  const databaseUrl = through(gate, database.url('ims_command'));
  const engines = await openEngines(choice, { databaseUrl, applicationName: 'log-lost', logger });
  const commandPool = createCommandPool(database.url('ims_command'));
  const queryPool = createQueryPool({ url: database.url('ims_query') });
  const projectorPool = createProjectorPool(database.url('ims_projector'));
  const commands = await openCommandService({ ...shared, pool: commandPool, demo: true }, engines);
  const { keySource } = commands.auth.signingKeys;
  const queries = await openQueryService({ ...shared, pool: queryPool, keySource }, engines);
  const projector = openProjectorService(
    { pool: projectorPool, ownerUrl: database.url(), masterKey: testMasterKey, logger, alone: true },
    engines,
  );
  const gateway = createGateway({
    commands: (request, response) => commands.app.routing(request, response),
    queries: (request, response) => queries.app.routing(request, response),
    web: (_request, response) => response.writeHead(404).end(),
  });
  stopSteps.push(
    { name: 'gateway', stop: () => gateway.close() },
    ...queries.stopSteps,
    ...commands.stopSteps,
    { name: 'connections', stop: () => gateway.closeAllConnections() },
    ...projector.stopSteps,
    ...engines.stopSteps,
    { name: 'pools', stop: () => Promise.all([commandPool.end(), queryPool.end(), projectorPool.end()]) },
  );
  await seedOrganization(commands.commands);
  await projector.projector.whenCaughtUp(await engines.log.headPosition());
  url = `http://127.0.0.1:${await listen(gateway, '127.0.0.1', 0)}`;
  const answer = await call('POST', '/api/v1/auth/login', { username: 'editor', password: demoPassword });
  token = (await jsonOf(answer)).token;
});
afterAll(async () => {
  for (const { stop } of stopSteps) await stop();
  await gate.shut().catch(() => undefined);
  await database.drop();
});

const call = (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) =>
  fetch(url + path, {
    method,
    headers: {
      ...(token ? { authorization: `Bearer ${token}`, 'x-site-id': demoSiteId('Brussels') } : {}),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });

const titles = async (headers: Record<string, string> = {}): Promise<readonly string[]> => {
  const answer = await call('GET', '/api/v1/interactions', undefined, headers);
  expect(answer.status, await answer.clone().text()).toBe(200);
  return (await jsonOf(answer)).interactions.map((row: { title: string }) => row.title);
};

const draft = (title: string) => ({ title, type: 'Call', status: 'draft' });

describe('while the event log cannot be reached', { timeout: 60_000 }, () => {
  it('commands are told to come back, queries go on, and all is well without a restart', async () => {
    const before = await call('POST', '/api/v1/interactions', draft('Before the outage'));
    const seen = { 'x-consistency-token': before.headers.get('x-consistency-token') ?? '' };
    expect(await titles(seen)).toEqual(['Before the outage']);

    await gate.shut();
    const key = { 'idempotency-key': randomUUID() };
    const refused = await call('POST', '/api/v1/interactions', draft('During the outage'), key);
    expect(refused.status, await refused.clone().text()).toBe(503);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await jsonOf(refused)).error.code).toBe('SERVICE_UNAVAILABLE');
    expect(await titles()).toEqual(['Before the outage']);
    expect(await titles(seen)).toEqual(['Before the outage']);
    const health = await call('GET', '/api/v1/health');
    expect([health.status, (await jsonOf(health)).status]).toEqual([200, 'DEGRADED']);

    await gate.open();
    const repeat = () => call('POST', '/api/v1/interactions', draft('During the outage'), key);
    let again = await repeat();
    await expect
      .poll(
        async () => {
          if (again.status === 503) again = await repeat();
          return again.status;
        },
        { timeout: 20_000 },
      )
      .toBe(201);
    const now = { 'x-consistency-token': again.headers.get('x-consistency-token') ?? '' };
    expect(await readable(now)).toEqual(['Before the outage', 'During the outage']);
  });

  /** What the projector has after it found the log again. */
  const readable = async (headers: Record<string, string>): Promise<readonly string[]> => {
    let answer = await call('GET', '/api/v1/interactions', undefined, headers);
    await expect
      .poll(
        async () => {
          if (answer.status === 503) answer = await call('GET', '/api/v1/interactions', undefined, headers);
          return answer.status;
        },
        { timeout: 20_000 },
      )
      .toBe(200);
    return (await jsonOf(answer)).interactions.map((row: { title: string }) => row.title).sort();
  };
});
