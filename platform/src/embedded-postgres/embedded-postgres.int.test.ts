import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { assertDurable, assertSuitableServer } from '../database/assert-durable.ts';
import { type EmbeddedPostgres, startEmbeddedPostgres } from './embedded-postgres.ts';

let home: string;
let dataDirectory: string;
let server: EmbeddedPostgres;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'ims-embedded-'));
  dataDirectory = join(home, 'database');
  await mkdir(`${dataDirectory}.unfinished`);
  server = await startEmbeddedPostgres({ dataDirectory });
});
afterAll(async () => {
  await server?.stop();
  await rm(home, { recursive: true, force: true });
});

const query = async <Row extends pg.QueryResultRow>(sql: string, url = server.url): Promise<Row[]> => {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<Row>(sql)).rows;
  } finally {
    await client.end();
  }
};

it('is a durable UTF-8 server on this machine only, whatever the locale of the shell', async () => {
  const client = new pg.Client({ connectionString: server.url });
  await client.connect();
  await assertSuitableServer(client);
  await assertDurable(client);
  await client.end();

  expect(await query("select lower('JÉRÉMY') as name")).toEqual([{ name: 'jérémy' }]);
  expect(await query('show listen_addresses')).toEqual([{ listen_addresses: '127.0.0.1' }]);
});

it('lets nobody in without the password, which only its owner may read', async () => {
  const url = new URL(server.url);
  url.password = 'wrong';

  await expect(query('select 1', url.href)).rejects.toThrow('password authentication failed');
  expect((await stat(`${dataDirectory}.password`)).mode & 0o777).toBe(0o600);
});

it('refuses a second start on a folder in use', async () => {
  await expect(startEmbeddedPostgres({ dataDirectory })).rejects.toThrow('IMS is already running on the folder');
});

it('keeps what was written over a stop and a start', async () => {
  await query('create table kept as select 1 as one');
  await server.stop();

  server = await startEmbeddedPostgres({ dataDirectory });

  expect(await query('select one from kept')).toEqual([{ one: 1 }]);
});

it('recovers what was committed after everything was killed', async () => {
  await query('create table survived as select 2 as two');
  const backends = await query<{ pid: number }>('select pid from pg_stat_activity');
  const listeners = process.listenerCount('exit');
  for (const pid of [await serverProcess(), ...backends.map(({ pid }) => pid)]) kill(pid);

  server = await startEmbeddedPostgres({ dataDirectory });

  // Nobody waits any more to end what is dead.
  expect(process.listenerCount('exit')).toBe(listeners);
  expect(await query('select two from survived')).toEqual([{ two: 2 }]);
});

it('takes the place of a server whose owner was killed', async () => {
  await query('create table orphaned as select 3 as three');
  const orphan = server;
  await query("select pg_terminate_backend(pid, 5000) from pg_stat_activity where application_name = 'ims-owner'");

  server = await startEmbeddedPostgres({ dataDirectory });

  expect(await query('select three from orphaned')).toEqual([{ three: 3 }]);
  await expect(query('select 1', orphan.url)).rejects.toThrow('ECONNREFUSED');
});

it('starts over a process file whose number now belongs to another program', async () => {
  await server.stop();
  await writeFile(
    join(dataDirectory, 'postmaster.pid'),
    `${process.pid}\n${dataDirectory}\n1700000000\n5432\n\n\n\nready\n`,
  );

  server = await startEmbeddedPostgres({ dataDirectory });

  expect(await query('select 1 as one')).toEqual([{ one: 1 }]);
});

it('names in one sentence a folder that cannot be used, and a setting PostgreSQL refuses', async () => {
  await writeFile(join(home, 'file'), '');
  const inFile = startEmbeddedPostgres({ dataDirectory: join(home, 'file', 'database') });
  await expect(inFile).rejects.toThrow(/^The folder .* cannot be written to: choose another one with IMS_HOME\.$/);

  await server.stop();
  const strange = startEmbeddedPostgres({ dataDirectory, settings: { max_connections: 'many' } });
  await expect(strange).rejects.toThrow(/^PostgreSQL did not start on .*max_connections.*/);
  server = await startEmbeddedPostgres({ dataDirectory });
});

const serverProcess = async (): Promise<number> =>
  Number((await readFile(join(dataDirectory, 'postmaster.pid'), 'utf8')).split('\n')[0]);

const kill = (pid: number): void => {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // The backend of the question itself is gone already.
  }
};
