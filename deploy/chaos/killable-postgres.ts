import { readdir, readFile } from 'node:fs/promises';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '@ims/platform/embedded-postgres/embedded-postgres';

/** A PostgreSQL on this machine that can die as in a power cut: all its processes at once, none having said goodbye. */
export type KillablePostgres = {
  readonly url: () => string;
  readonly port: () => number;
  kill(): Promise<void>;
  /** After a kill: recovers, on another port. */
  restart(): Promise<void>;
  stop(): Promise<void>;
};

export const startKillablePostgres = async (
  dataDirectory: string,
  settings: Readonly<Record<string, string>> = {},
): Promise<KillablePostgres> => {
  let server: EmbeddedPostgres = await startEmbeddedPostgres({ dataDirectory, settings });
  return {
    url: () => server.url,
    port: () => server.port,
    kill: async () => {
      const postmaster = Number((await readFile(`${dataDirectory}/postmaster.pid`, 'utf8')).split('\n', 1)[0]);
      const family = [postmaster, ...(await childrenOf(postmaster))];
      for (const pid of family) signal(pid, 'SIGKILL');
      while (family.some(isAlive)) await new Promise((resolve) => setImmediate(resolve));
    },
    restart: async () => {
      server = await startEmbeddedPostgres({ dataDirectory, settings });
    },
    stop: () => server.stop(),
  };
};

/** Linux only, like the run itself. */
const childrenOf = async (parent: number): Promise<readonly number[]> => {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const families = await Promise.all(pids.map(async (pid) => ({ pid, parent: await parentOf(pid) })));
  return families.flatMap((one) => (one.parent === parent ? [one.pid] : []));
};

const parentOf = async (pid: number): Promise<number | undefined> => {
  const status = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  // The name of the program stands in brackets and may contain blanks.
  const afterName = status.slice(status.lastIndexOf(')') + 2).split(' ');
  return afterName[1] === undefined ? undefined : Number(afterName[1]);
};

const signal = (pid: number, name: NodeJS.Signals | 0): boolean => {
  try {
    return process.kill(pid, name);
  } catch {
    return false;
  }
};

const isAlive = (pid: number): boolean => signal(pid, 0);
