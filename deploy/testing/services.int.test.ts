import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { masterKeyFile } from '@ims/platform/event-log/master-key';
import { createTestDatabase, type TestDatabase } from '@ims/platform/testing/test-database';
import { testMasterKey } from '@ims/platform/testing/test-master-key';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { freePorts } from '../distributed/ports.ts';
import { allMigrations, prepareDatabase } from '../launcher/database.ts';
import { jsonOf } from './json-of.ts';
import { createTcpGate, through } from './tcp-gate.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const jwks = 'http://127.0.0.1:1/.well-known/jwks.json';
const services = [
  { workspace: 'command-api', role: 'ims_command', needs: {} },
  { workspace: 'query-api', role: 'ims_query', needs: { JWKS_URL: jwks } },
  { workspace: 'projector', role: 'ims_projector', needs: {} },
] as const;

let home: string;
let database: TestDatabase;
let running: ChildProcess | undefined;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'ims-services-'));
  await writeFile(masterKeyFile(home), `${testMasterKey.bytes.toString('hex')}\n`, { mode: 0o600 });
  database = await createTestDatabase(allMigrations);
  await prepareDatabase(database.url(), testMasterKey);
});
afterEach(async () => {
  if (!running || running.exitCode !== null || running.signalCode !== null) return;
  running.kill('SIGKILL');
  await once(running, 'exit');
});
afterAll(async () => {
  await database.drop();
  await rm(home, { recursive: true, force: true });
});

/** A projector makes and drops tables as the database's owner and does not start without. */
const ownerFor = (workspace: string) => (workspace === 'projector' ? { DATABASE_URL: database.url() } : {});

const start = (workspace: string, environment: Readonly<Record<string, string>>) => {
  running = spawn(process.execPath, ['--import', 'tsx', `${workspace}/src/main.ts`], {
    cwd: root,
    env: { PATH: process.env.PATH, IMS_HOME: home, LOG_LEVEL: 'warn', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return running;
};

/** Starts what cannot work; answers how it ended and what it said. */
const startInVain = async (workspace: string, environment: Readonly<Record<string, string>>) => {
  const child = start(workspace, environment);
  const [said, [code]] = await Promise.all([text(child.stderr ?? process.stdin), once(child, 'exit')]);
  return { code, said };
};

const health = async (port: number) => {
  const response = await fetch(`http://127.0.0.1:${port}/api/v1/health`).catch(() => undefined);
  return response && { status: response.status, report: await jsonOf(response) };
};

describe.each(services)('the process of $workspace', { timeout: 60_000 }, ({ workspace, role, needs }) => {
  it('lists everything that is wrong with its settings at once', async () => {
    const { code, said } = await startInVain(workspace, {
      PORT: 'http',
      HOST: '0.0.0.0',
      EVENT_LOG: 'eventstoredb',
      MESSAGES: 'nats',
      CACHE: 'redis',
      METRICS_PORT: '99999',
    });
    expect(code).toBe(1);
    const names = ['PORT', 'HOST', 'METRICS_PORT', 'EVENTSTORE_URL', 'NATS_URL', 'REDIS_URL', 'DATABASE_URL'];
    for (const name of [...names, ...(workspace === 'query-api' ? ['JWKS_URL'] : [])]) {
      expect(said).toMatch(new RegExp(`^  ${name}: must be`, 'm'));
    }
  });

  it('ends with a sentence when PostgreSQL refuses its password', async () => {
    const url = new URL(database.url(role));
    url.password = 'wrong';
    const { code, said } = await startInVain(workspace, {
      ...needs,
      ...ownerFor(workspace),
      SERVICE_DATABASE_URL: url.href,
      PORT: '0',
    });
    expect(code).toBe(1);
    expect(said).toContain('PostgreSQL refuses this user and password');
    expect(said).not.toContain('wrong');
  });

  it('waits for a PostgreSQL that is not there yet, says so, and stops in order', async () => {
    const { hostname, port: postgresPort } = new URL(database.url());
    const gate = await createTcpGate({ host: hostname, port: Number(postgresPort) });
    const [port = 0] = await freePorts(1);
    const SERVICE_DATABASE_URL = through(gate, database.url(role));
    const child = start(workspace, {
      ...needs,
      ...ownerFor(workspace),
      SERVICE_DATABASE_URL,
      PORT: String(port),
    });
    const said = text(child.stdout ?? process.stdin);

    await expect
      .poll(() => health(port), { timeout: 30_000 })
      .toMatchObject({
        status: 503,
        report: { status: 'DOWN', details: { waitingFor: ['PostgreSQL'] } },
      });
    const refused = await fetch(`http://127.0.0.1:${port}/api/v1/interactions`);
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '2']);
    expect((await jsonOf(refused)).error.code).toBe('SERVICE_UNAVAILABLE');

    await gate.open();
    await expect.poll(async () => (await health(port))?.report.status, { timeout: 30_000 }).toBe('UP');
    const exit = once(child, 'exit');
    child.kill('SIGTERM');
    expect(await exit).toEqual([0, null]);
    const lines = (await said).trim().split('\n');
    expect(lines.filter((line) => line.includes('PostgreSQL cannot be used yet'))).toHaveLength(1);
    await gate.shut();
  });
});
