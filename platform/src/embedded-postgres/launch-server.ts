import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import type { Cluster } from './cluster.ts';
import { readProcessFile, stopOrphan } from './orphan.ts';

const startTimeoutMs = 300_000;
const attempts = 10;

type Launched = { readonly server: ChildProcess; readonly port: number };

/** Starts the server and waits until it accepts connections. Throws one sentence with PostgreSQL's own reason. */
export const launchServer = async (cluster: Cluster): Promise<Launched> => {
  for (let attempt = 1; ; attempt += 1) {
    const port = await freePort();
    const logStart = await stat(cluster.logFile).then(
      (file) => file.size,
      () => 0,
    );
    const child = spawnServer(cluster, port);
    if (await becomesReady(cluster, child)) return { server: child, port };
    const reason = await lastWords(cluster.logFile, logStart);
    if (attempt >= attempts || !mayPass(reason)) {
      throw new Error(`PostgreSQL did not start on ${cluster.dataDirectory}: ${reason} (see ${cluster.logFile})`);
    }
    await delay(500);
    await stopOrphan(cluster);
  }
};

/** The port was taken in between, or the last processes of a killed server are not gone yet. */
const mayPass = (reason: string): boolean =>
  /could not create any TCP\/IP sockets|Address already in use|pre-existing shared memory block|lock file/.test(reason);

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });

/** In a session of its own: Ctrl-C in the terminal must reach this process alone, which stops the server last. */
const spawnServer = (cluster: Cluster, port: number): ChildProcess => {
  const settings = {
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: '',
    max_connections: '200',
    shared_buffers: '256MB',
    lc_messages: 'C',
    timezone: 'UTC',
    log_timezone: 'UTC',
    logging_collector: 'off',
    ...cluster.settings,
    fsync: 'on',
    full_page_writes: 'on',
    synchronous_commit: 'on',
  };
  const args = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const [command, commandArgs] = cluster.as.command(cluster.binaries.postgres, ['-D', cluster.dataDirectory, ...args]);
  const log = openLog(cluster.logFile);
  try {
    const stdio: ['ignore', number, number] = ['ignore', log, log];
    const child = spawn(command, commandArgs, { ...cluster.as.ids, cwd: tmpdir(), stdio, detached: true });
    child.on('error', () => undefined);
    child.unref();
    return child;
  } finally {
    closeSync(log);
  }
};

const openLog = (file: string): number => {
  try {
    return openSync(file, 'a', 0o600);
  } catch (cause) {
    throw new Error(`The file ${file} cannot be written: is the folder read-only or the disk full?`, { cause });
  }
};

const becomesReady = async (cluster: Cluster, child: ChildProcess): Promise<boolean> => {
  let ended = child.pid === undefined;
  child.once('exit', () => {
    ended = true;
  });
  const deadline = Date.now() + startTimeoutMs;
  while (!ended && Date.now() < deadline) {
    const server = await readProcessFile(cluster);
    if (server?.ready && server.pid === child.pid) return true;
    await delay(15);
  }
  if (!ended) child.kill('SIGQUIT');
  return false;
};

const lastWords = async (file: string, from: number): Promise<string> => {
  const log = await open(file, 'r');
  try {
    const { buffer, bytesRead } = await log.read(Buffer.alloc(64_000), 0, 64_000, from);
    const lines = buffer.toString('utf8', 0, bytesRead).split('\n').filter(Boolean);
    const words = lines.filter((line) => /FATAL|PANIC|ERROR/.test(line)).at(-1) ?? lines.at(-1) ?? 'no reason given';
    return words.replace(/^.*?(FATAL|PANIC|ERROR):\s*/, '');
  } finally {
    await log.close();
  }
};
