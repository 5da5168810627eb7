import { execFile } from 'node:child_process';
import { readFile, readlink, realpath, rm } from 'node:fs/promises';
import { platform } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import pg from 'pg';
import { type Cluster, clusterUrl } from './cluster.ts';
import { runProgram } from './run-program.ts';

const ownerLock = 7_305_196_241;
const answerTimeoutMs = 60_000;

/**
 * Connects and takes the lock that says "this server has an owner"; it falls away with the owner's connection,
 * however the owner ends. Nothing when somebody else holds it.
 */
export const becomeOwner = async (url: string): Promise<pg.Client | undefined> => {
  const client = new pg.Client({
    connectionString: url,
    application_name: 'ims-owner',
    connectionTimeoutMillis: 5_000,
  });
  client.on('error', () => undefined);
  await client.connect();
  const { rows } = await client.query<{ owner: boolean }>('select pg_try_advisory_lock($1) as owner', [ownerLock]);
  if (rows[0]?.owner) return client;
  await client.end();
  return undefined;
};

/**
 * Makes way for a new server: stops one that lost its owner, removes a process file whose process is gone.
 * Throws when the server has an owner: two IMS must not share a folder.
 */
export const stopOrphan = async (cluster: Cluster): Promise<void> => {
  const deadline = Date.now() + answerTimeoutMs;
  for (;;) {
    const found = await readProcessFile(cluster);
    if (!found) return;
    if (!(await isServerOf(cluster, found.pid))) {
      await rm(processFile(cluster), { force: true });
      return;
    }
    const owner = await askForOwnership(cluster, found.port);
    if (owner === 'taken') throw new Error(`IMS is already running on the folder ${cluster.dataDirectory}.`);
    if (owner === 'free') return stopServer(cluster);
    if (Date.now() > deadline) {
      const sentence = `PostgreSQL (process ${found.pid}) runs on ${cluster.dataDirectory} but does not answer: stop it, then start IMS again.`;
      throw new Error(sentence);
    }
    await delay(100);
  }
};

/** Ends the connections of the cluster's server, lets it write its checkpoint, waits until it is gone. */
export const stopServer = (cluster: Cluster): Promise<void> =>
  runProgram(cluster, cluster.binaries.pgCtl, ['stop', '-D', cluster.dataDirectory, '-m', 'fast', '-w', '-t', '120']);

const processFile = (cluster: Pick<Cluster, 'dataDirectory'>): string => join(cluster.dataDirectory, 'postmaster.pid');

/** What the running server says about itself in its process file; `ready` once it accepts connections. */
export const readProcessFile = async (
  cluster: Pick<Cluster, 'dataDirectory'>,
): Promise<{ readonly pid: number; readonly port: number; readonly ready: boolean } | undefined> => {
  const text = await readFile(processFile(cluster), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const lines = text.split('\n');
  return { pid: Number(lines[0]), port: Number(lines[3]), ready: lines[7]?.trim() === 'ready' };
};

/** A process number may have been given to another program since: only a server working in our folder counts. */
const isServerOf = async (cluster: Cluster, pid: number): Promise<boolean> => {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  if (platform() === 'linux') {
    const folder = await readlink(`/proc/${pid}/cwd`).catch(() => undefined);
    return folder === (await realpath(cluster.dataDirectory));
  }
  if (platform() === 'win32') return true;
  const command = await promisify(execFile)('ps', ['-p', String(pid), '-o', 'command=']).catch(() => undefined);
  return command?.stdout.includes('postgres') ?? false;
};

const askForOwnership = async (cluster: Cluster, port: number): Promise<'free' | 'taken' | 'no answer'> => {
  try {
    const client = await becomeOwner(clusterUrl(cluster, port));
    if (!client) return 'taken';
    await client.end();
    return 'free';
  } catch {
    return 'no answer';
  }
};
