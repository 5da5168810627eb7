import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { createPool } from '@ims/platform/database/pool';
import { serviceUrl } from '@ims/platform/database/roles';
import { createCodec } from '@ims/platform/event-log/codec';
import { createPostgresKeyStore } from '@ims/platform/event-log/keys';
import { loadMasterKey } from '@ims/platform/event-log/master-key';
import { createPostgresEventLog } from '@ims/platform/event-log/postgres-event-log';
import { projections } from '@ims/projector/projections';
import { verifyProjection } from '@ims/projector/verify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { demoPassword } from '../demo/demo-organization.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const rows = 3_000;

let folder: string;
let port: number;
const children: ChildProcess[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ims-crash-'));
  port = await freePort();
  await writeFile(join(folder, 'rows.csv'), csvOf(rows));
  await writeFile(join(folder, 'mapping.json'), JSON.stringify(mapping));
});
afterAll(async () => {
  for (const child of children) killGroup(child, 'SIGKILL');
  await rm(folder, { recursive: true, force: true });
});

const mapping = JSON.parse(await readFile(join(root, 'docs/examples/mep-meetings.mapping.json'), 'utf8')) as Record<
  string,
  unknown
>;

/** Rows in the form of the example mapping, accents and quotes among them. */
const csvOf = (count: number): string => {
  const header = 'row,date,group,country,mep,role,title,dossier,committees,lobbyists,location';
  const line = (n: number) =>
    `${n},${String((n % 28) + 1).padStart(2, '0')}-03-2021,Brussels,Malta,Jérémy AGIUS,Member,"Meeting ""${n}""",,[],Terumo,${n % 2 ? 'remote' : 'Room 4'}`;
  return `${[header, ...Array.from({ length: count }, (_, n) => line(n))].join('\n')}\n`;
};

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  if (typeof address !== 'object' || !address) throw new Error('No free port');
  return address.port;
};

const run = (command: string, args: readonly string[], environment: Record<string, string>): ChildProcess => {
  const child = spawn(command, args, {
    cwd: root,
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  });
  children.push(child);
  return child;
};

const startProductProcess = (): ChildProcess =>
  run('node', ['deploy/launcher/start.mjs'], {
    PORT: String(port),
    IMS_HOME: join(folder, '.ims'),
    RATE_LIMIT: 'off',
    EVENT_LOG: 'postgres',
    MESSAGES: 'postgres',
    CACHE: 'memory',
  });

const startImport = (): ChildProcess =>
  run(
    'npm',
    [
      'run',
      '--silent',
      'import',
      '--',
      '--file',
      join(folder, 'rows.csv'),
      '--mapping',
      join(folder, 'mapping.json'),
      '--url',
      `http://127.0.0.1:${port}`,
      '--username',
      'admin',
      '--refused',
      join(folder, 'refused.csv'),
    ],
    { IMS_PASSWORD: demoPassword },
  );

/** Resolves with the first line that matches. */
const lineOf = async (child: ChildProcess, pattern: RegExp): Promise<string> => {
  if (!child.stdout) throw new Error('No output to read');
  for await (const line of createInterface({ input: child.stdout })) if (pattern.test(line)) return line;
  throw new Error(`The process ended without a line like ${pattern}`);
};

const killGroup = (child: ChildProcess, signal: NodeJS.Signals): void => {
  try {
    if (child.pid) process.kill(-child.pid, signal);
  } catch {
    // It has ended.
  }
};

/** The product and its PostgreSQL, at once, without a chance to say goodbye. */
const killEverything = async (product: ChildProcess): Promise<void> => {
  const postmaster = (await readFile(join(folder, '.ims/postgres/postmaster.pid'), 'utf8')).split('\n', 1)[0];
  killGroup(product, 'SIGKILL');
  process.kill(Number(postmaster), 'SIGKILL');
  await once(product, 'exit');
};

const openLog = async () => {
  const [, , , portLine] = (await readFile(join(folder, '.ims/postgres/postmaster.pid'), 'utf8')).split('\n');
  const password = (await readFile(join(folder, '.ims/postgres.password'), 'utf8')).trim();
  const masterKey = await loadMasterKey(join(folder, '.ims'));
  if (!masterKey) throw new Error('There is no master key');
  const admin = `postgres://postgres:${password}@127.0.0.1:${portLine?.trim()}/ims`;
  const url = serviceUrl(admin, 'ims_projector', masterKey.bytes);
  const pool = createPool({ url, applicationName: 'crash-test' });
  const log = createPostgresEventLog({ url, applicationName: 'crash-test' });
  const codec = createCodec({ keyStore: createPostgresKeyStore(pool), masterKey });
  return { pool, log, codec };
};

describe('a kill of everything in the middle of an import', () => {
  it('loses no row that was acknowledged and adds none twice', { timeout: 180_000 }, async () => {
    const first = startProductProcess();
    await lineOf(first, /IMS is ready/);
    const importing = startImport();
    const outcome = lineOf(importing, /^imported \d/);

    const { log, pool } = await openLog();
    const beforeImport = await log.headPosition();
    const stop = AbortSignal.timeout(60_000);
    for (let head = beforeImport; head < beforeImport + 500n; head = await log.headPosition()) {
      await log.waitPast(head, stop);
    }
    await Promise.all([log.close(), pool.end()]);
    await killEverything(first);

    const second = startProductProcess();
    await lineOf(second, /IMS is ready/);
    expect(await outcome).toMatch(/^imported \d+, already there \d+, refused 0$/);
    const again = await lineOf(startImport(), /^imported \d/);
    expect(again).toBe(`imported 0, already there ${rows}, refused 0`);

    await expectEveryRowOnce();
    second.kill('SIGTERM');
    const [code] = await once(second, 'exit');
    expect(code).toBe(0);
  });
});

const expectEveryRowOnce = async (): Promise<void> => {
  const { log, pool, codec } = await openLog();
  const titles: string[] = [];
  for (let position = 0n; ; ) {
    const events = await codec.openAll(await log.readAll(position, 1_000));
    const last = events.at(-1);
    if (!last) break;
    position = last.position;
    for (const event of events) {
      if (event.type === 'InteractionCreated' && /^Meeting "\d+"$/.test(event.data.title))
        titles.push(event.data.title);
    }
  }
  expect(titles).toHaveLength(rows);
  expect(new Set(titles).size).toBe(rows);
  for (const projection of projections) {
    const verified = await verifyProjection({ pool, log, open: (events) => codec.openAll(events), projection });
    expect([projection.name, verified.differences]).toEqual([projection.name, []]);
  }
  await Promise.all([log.close(), pool.end()]);
};
