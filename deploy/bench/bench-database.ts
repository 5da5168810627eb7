import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Migration, migrate } from '@ims/platform/database/migrate';
import { createPool } from '@ims/platform/database/pool';
import { ensureRoles, type ServiceRole, serviceUrl } from '@ims/platform/database/roles';
import { startEmbeddedPostgres } from '@ims/platform/embedded-postgres/embedded-postgres';
import { type MasterKey, masterKeyFromBytes } from '@ims/platform/event-log/master-key';
import pg from 'pg';

export type BenchDatabase = {
  /** Address for the owner. */
  readonly url: string;
  as(role: ServiceRole): string;
};

export type BenchServer = {
  readonly masterKey: MasterKey;
  /** Of PostgreSQL, such as `18.4`. */
  readonly version: string;
  createDatabase(name: string, migrations: readonly Migration[]): Promise<BenchDatabase>;
  /** Ends the server and removes its files. */
  stop(): Promise<void>;
};

/** A PostgreSQL of the bench's own, in a temporary folder, as the launcher would start it. */
export const startBenchServer = async (): Promise<BenchServer> => {
  const folder = await mkdtemp(join(tmpdir(), 'ims-bench-'));
  const masterKey = masterKeyFromBytes(randomBytes(32));
  const server = await startEmbeddedPostgres({ dataDirectory: join(folder, 'postgres') });
  const stop = async (): Promise<void> => {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void stop().finally(() => process.exit(130)));
  }
  await ensureRoles(server.url, masterKey.bytes);
  return {
    masterKey,
    version: await readVersion(server.url),
    createDatabase: async (name, migrations) => {
      await onServer(server.url, (client) => client.query(`create database ${name}`));
      const url = new URL(server.url);
      url.pathname = `/${name}`;
      await migrate(url.href, migrations);
      return { url: url.href, as: (role) => serviceUrl(url.href, role, masterKey.bytes) };
    },
    stop,
  };
};

/** Brings what a running installation would have done by itself in time: statistics, visibility map, a checkpoint. */
export const settle = async ({ url }: BenchDatabase): Promise<void> => {
  const pool = createPool({ url, applicationName: 'ims-bench' });
  await pool.query('vacuum analyze');
  await pool.query('checkpoint');
  await pool.end();
};

const readVersion = async (url: string): Promise<string> => {
  const { rows } = await onServer(url, (client) => client.query<{ server_version: string }>('show server_version'));
  return rows[0]?.server_version.split(' ', 1)[0] ?? '';
};

const onServer = async <Result>(url: string, work: (client: pg.Client) => Promise<Result>): Promise<Result> => {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  return work(client).finally(() => client.end());
};
