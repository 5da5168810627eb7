import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const pollMs = 50;

export type RunningProcess = { readonly pid: number; readonly address?: string };

export type DistributedProduct = {
  readonly url: string;
  /** Everything that was said until it was ready. */
  readonly said: string;
  readonly parent: ChildProcess;
  /** Which process is which now, by names like `query-api-1`. */
  processes(): Promise<Readonly<Record<string, RunningProcess>>>;
  /** Ends one without a chance to say goodbye; answers once another has taken its place. */
  kill(name: string): Promise<void>;
  /** Asks it to end and answers its exit code. */
  stop(): Promise<number>;
};

/** `start:distributed` as a process of its own, ready. Rejects with what it said when it ends before that. */
export const startDistributed = async (
  home: string,
  environment: Readonly<Record<string, string>>,
): Promise<DistributedProduct> => {
  const parent = spawn(process.execPath, ['deploy/distributed/start.mjs'], {
    cwd: root,
    env: { ...process.env, PORT: '0', IMS_HOME: home, ...environment, END_WITH_PARENT: 'on' },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let said = '';
  parent.stderr.on('data', (text) => {
    said += String(text);
  });
  const url = await new Promise<string>((resolve, reject) => {
    createInterface({ input: parent.stdout }).on('line', (line) => {
      said += `${line}\n`;
      const found = /IMS is ready at (\S+)/.exec(line)?.[1];
      if (found) resolve(found);
    });
    parent.once('exit', (code) => reject(new Error(`It ended with ${code}:\n${said}`)));
  });
  const processes = async (): Promise<Readonly<Record<string, RunningProcess>>> =>
    JSON.parse(await readFile(join(home, 'processes.json'), 'utf8'));
  return {
    url,
    said,
    parent,
    processes,
    kill: async (name) => {
      const pid = (await processes())[name]?.pid;
      if (pid === undefined) throw new Error(`There is no ${name}`);
      process.kill(pid, 'SIGKILL');
      // The list may be read while it is written.
      while ((await processes().catch(() => undefined))?.[name]?.pid === pid) await delay(pollMs);
    },
    stop: async () => {
      if (parent.exitCode !== null || parent.signalCode !== null) return parent.exitCode ?? 1;
      const ended = once(parent, 'exit');
      parent.kill('SIGTERM');
      const [code] = await ended;
      return Number(code);
    },
  };
};

/** Whether the process is there and not only waiting to be buried. */
export const isAlive = async (pid: number): Promise<boolean> => {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  return stat === undefined || stat.slice(stat.lastIndexOf(')') + 2, stat.lastIndexOf(')') + 3) !== 'Z';
};
