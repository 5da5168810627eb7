import { connect } from 'node:net';
import { describe, it } from 'vitest';
import { type EngineName, type EngineNeed, missingEngine, mustRun } from './missing-engine.ts';
import { givenServer, type ServerProgram, startServer, type TestServer } from './server-process.ts';

/**
 * `describe` for tests on a real engine. Where the engine is missing, the end of `npm test` lists it by name; in CI a
 * missing NATS or Redis is a failure.
 */
export const describeOn = (
  need: EngineName | (EngineNeed & { name: EngineName }),
  title: string,
  define: () => void,
) => {
  const { name, ...rest } = typeof need === 'string' ? { name: need } : need;
  const missing = missingEngine(name, rest);
  if (!missing) return describe(title, define);
  return it(title, ({ skip }) => {
    if (mustRun(name)) throw new Error(`This must run in CI: ${missing}.`);
    skip(`not run: ${missing}`);
  });
};

/** A test that tells the end of `npm test` which server the suite ran on, like `nats-server 2.9.10`. */
export const itNamesTheServer = (version: () => Promise<string>): void => {
  it('runs on a real server', async ({ annotate }) => {
    await annotate(await version(), 'server');
  });
};

type EngineOptions = EngineNeed & {
  /** The server asks for it; implies `own`. Its `url` stays without. */
  readonly password?: string;
};

/** The server of NATS_URL, else one from PATH. The password belongs to the user `ims`. */
export const natsServer = ({ own = false, password }: EngineOptions = {}): Promise<TestServer> => {
  const credentials = password ? ['--user', 'ims', '--pass', password] : [];
  return given('NATS_URL', own || Boolean(password)) ?? startServer(nats(credentials));
};

/** The server of REDIS_URL, else one from PATH that keeps nothing on disk. */
export const redisServer = ({ own = false, password }: EngineOptions = {}): Promise<TestServer> => {
  const credentials = password ? ['--requirepass', password] : [];
  return given('REDIS_URL', own || Boolean(password)) ?? startServer(redis(credentials));
};

/** The node of EVENTSTORE_URL; `own`: one that EVENTSTORE_COMMAND starts on $PORT, in a folder made for its data. */
export const eventStore = ({ own = false }: EngineNeed = {}): Promise<TestServer> =>
  given('EVENTSTORE_URL', own) ?? startEventStore(process.env.EVENTSTORE_COMMAND);

const startEventStore = async (command: string | undefined): Promise<TestServer> => {
  if (!command) throw new Error(`${missingEngine('EventStoreDB', { own: true })}.`);
  return startServer(eventStoreDb(command));
};

const given = (variable: string, own: boolean): Promise<TestServer> | undefined => {
  const url = process.env[variable];
  return url && !own ? Promise.resolve(givenServer(url)) : undefined;
};

const nats = (args: readonly string[]): ServerProgram => ({
  command: 'nats-server',
  args: ({ port }) => ['--addr', '127.0.0.1', '--port', String(port), ...args],
  url: (port) => `nats://127.0.0.1:${port}`,
  answers: async (port) => (await firstWords(port, '')).startsWith('INFO'),
});

const redis = (args: readonly string[]): ServerProgram => ({
  command: 'redis-server',
  args: ({ port, folder }) => {
    const memoryOnly = ['--save', '', '--appendonly', 'no', '--dir', folder];
    return ['--bind', '127.0.0.1', '--port', String(port), ...memoryOnly, ...args];
  },
  url: (port) => `redis://127.0.0.1:${port}`,
  answers: async (port) => /^(\+PONG|-NOAUTH)/.test(await firstWords(port, 'PING\r\n')),
});

/** A node takes every variable EVENTSTORE_… for an option of its own, and refuses those it does not know. */
const eventStoreDb = (command: string): ServerProgram => ({
  command: 'sh',
  args: () => ['-c', `unset EVENTSTORE_COMMAND EVENTSTORE_URL; ${command}`],
  url: (port) => `esdb://127.0.0.1:${port}?tls=false`,
  answers: async (port) => (await fetch(`http://127.0.0.1:${port}/health/live`)).status === 204,
});

const firstWords = (port: number, greeting: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port, timeout: 1_000 });
    const end = (words: string): void => {
      socket.destroy();
      resolve(words);
    };
    socket.once('error', reject);
    socket.once('timeout', () => end(''));
    socket.once('close', () => resolve(''));
    socket.once('data', (data) => end(data.toString()));
    socket.once('connect', () => socket.write(greeting));
  });
