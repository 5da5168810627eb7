import { type ChildProcess, spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { makeServerFolder, noteServer, signalGroup } from './server-folders.ts';

export type TestServer = {
  readonly url: string;
  /** Ends it as a crash would; resolves when it is gone. */
  kill(): Promise<void>;
  /** Asks it to end in good order; resolves when it is gone. */
  end(): Promise<void>;
  /** Lets it hang: its connections stay open and nothing is answered, until `resume`. */
  stop(): void;
  resume(): void;
  /** Starts it again at the same address; resolves when it answers. */
  restart(): Promise<void>;
  /** Ends it and removes its files; a server given by its address is left as it is. */
  close(): Promise<void>;
};

export type ServerProgram = {
  readonly command: string;
  readonly args: (server: { readonly port: number; readonly folder: string }) => readonly string[];
  readonly url: (port: number) => string;
  /** Whether the server on this port answers; may reject. */
  readonly answers: (port: number) => Promise<boolean>;
};

const startTimeoutMs = 40_000;

/** Starts a server on a free port with a folder of its own. */
export const startServer = async (program: ServerProgram): Promise<TestServer> => {
  const folder = await makeServerFolder();
  const removeFolder = (): void => rmSync(folder, { recursive: true, force: true });
  process.once('exit', removeFolder);
  const port = await freePort();
  let child = await launch(program, port, folder);
  const endBy = async (signal: NodeJS.Signals): Promise<void> => {
    const { exitCode, signalCode } = child;
    if (exitCode !== null || signalCode !== null) return;
    const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    signalServer(child, signal);
    await gone;
  };
  const kill = (): Promise<void> => endBy('SIGKILL');
  return {
    url: program.url(port),
    kill,
    end: () => endBy('SIGTERM'),
    stop: () => signalServer(child, 'SIGSTOP'),
    resume: () => signalServer(child, 'SIGCONT'),
    restart: async () => {
      await kill();
      child = await launch(program, port, folder);
    },
    close: async () => {
      await kill();
      process.off('exit', removeFolder);
      removeFolder();
    },
  };
};

/** A server that somebody else runs. */
export const givenServer = (url: string): TestServer => {
  const refuse = (): never => {
    throw new Error('A server given by its address is not killed by tests: ask for one of your own.');
  };
  return {
    url,
    kill: async () => refuse(),
    end: async () => refuse(),
    stop: refuse,
    resume: refuse,
    restart: async () => refuse(),
    close: () => Promise.resolve(),
  };
};

const launch = async (program: ServerProgram, port: number, folder: string): Promise<ChildProcess> => {
  const child = spawn(program.command, program.args({ port, folder }), {
    cwd: folder,
    env: { ...process.env, PORT: String(port) },
    stdio: ['ignore', 'ignore', 'ignore'],
    // A group of its own, so that a command that starts further processes is ended with them.
    detached: true,
  });
  const end = (): void => signalServer(child, 'SIGKILL');
  process.once('exit', end);
  const failed = new Promise<never>((_resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      process.off('exit', end);
      reject(new Error(`${program.command} ended with ${code ?? signal} before it answered.`));
    });
  });
  failed.catch(() => undefined);
  try {
    if (child.pid !== undefined) await noteServer(folder, child.pid);
    await Promise.race([failed, untilAnswering(program, port)]);
    return child;
  } catch (error) {
    end();
    throw error;
  }
};

const untilAnswering = async (program: ServerProgram, port: number): Promise<void> => {
  const deadline = Date.now() + startTimeoutMs;
  while (Date.now() < deadline) {
    if (await program.answers(port).catch(() => false)) return;
    await delay(10);
  }
  throw new Error(`${program.command} did not answer within ${startTimeoutMs} ms.`);
};

const signalServer = (child: ChildProcess, signal: NodeJS.Signals): void => {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  signalGroup(child.pid, signal);
};

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
