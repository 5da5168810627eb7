import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { EngineChoice } from '@ims/platform/process/open-engines';
import type { DistributedConfig } from './config.ts';
import type { Program } from './supervise.ts';

export type FoundEngines = {
  readonly choice: EngineChoice;
  /** Servers of the PATH to run beside the services. */
  readonly programs: readonly Program[];
  /** What stands where, one line for the person at the terminal. */
  readonly description: string;
};

type Ports = { readonly nats: number; readonly redis: number };

/**
 * Engines by their addresses, else from the PATH, else what PostgreSQL and the processes themselves can do; but where
 * an engine is named, that one.
 */
export const findEngines = async (config: DistributedConfig, ports: Ports): Promise<FoundEngines> => {
  const { EVENT_LOG, MESSAGES, CACHE } = config;
  const nats = MESSAGES ? undefined : await onPath('nats-server');
  const redis = CACHE ? undefined : await onPath('redis-server');
  const natsUrl = nats ? `nats://127.0.0.1:${ports.nats}` : config.NATS_URL;
  const redisUrl = redis ? `redis://127.0.0.1:${ports.redis}` : config.REDIS_URL;
  const choice: EngineChoice = {
    EVENT_LOG,
    EVENTSTORE_URL: config.EVENTSTORE_URL,
    MESSAGES: MESSAGES ?? (nats ? 'nats' : 'postgres'),
    NATS_URL: natsUrl,
    CACHE: CACHE ?? (redis ? 'redis' : 'memory'),
    REDIS_URL: redisUrl,
  };
  // Where Linux offers it, the kernel ends the server with its leash, even when that is killed.
  const tie = process.platform === 'linux' ? await onPath('setpriv') : undefined;
  const tied = tie ? [tie, '--pdeathsig', 'KILL'] : [];
  return {
    choice,
    programs: [
      ...(nats ? [leashed('nats-server', [...tied, nats, '-a', '127.0.0.1', '-p', String(ports.nats)])] : []),
      ...(redis ? [leashed('redis-server', [...tied, redis, ...redisArguments(ports.redis)])] : []),
    ],
    description: describe(choice),
  };
};

const describe = ({ EVENT_LOG, MESSAGES, CACHE }: EngineChoice): string =>
  [
    `event log: ${EVENT_LOG === 'eventstoredb' ? 'EventStoreDB' : 'PostgreSQL'}`,
    `messages: ${MESSAGES === 'nats' ? 'NATS' : 'PostgreSQL (no nats-server on the PATH and no NATS_URL, or MESSAGES=postgres)'}`,
    `cache: ${CACHE === 'redis' ? 'Redis' : 'of every process alone (no redis-server on the PATH and no REDIS_URL, or CACHE=memory)'}`,
  ].join(', ');

/** Nothing on disk: what is in it can be read again. */
const redisArguments = (port: number): readonly string[] => [
  '--bind',
  '127.0.0.1',
  '--port',
  String(port),
  '--save',
  '',
  '--appendonly',
  'no',
  '--loglevel',
  'warning',
];

const leash = fileURLToPath(new URL('./leash.mjs', import.meta.url));

const leashed = (name: string, command: readonly string[]): Program => ({
  name,
  args: [leash, ...command],
  environment: {},
});

/** Debian installs servers where the PATH of ordinary users does not look. */
const systemFolders = process.platform === 'linux' ? ['/usr/sbin', '/usr/local/sbin'] : [];

/** The program's file, in the first folder of the PATH that has it. */
export const onPath = async (program: string): Promise<string | undefined> => {
  for (const folder of [...(process.env.PATH ?? '').split(delimiter), ...systemFolders]) {
    const file = join(folder, program);
    const found = await access(file, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (folder !== '' && found) return file;
  }
  return undefined;
};
