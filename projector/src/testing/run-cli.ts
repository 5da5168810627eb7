import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { runCommandLine } from '../cli/command-line.ts';

const main = fileURLToPath(new URL('../cli/main.ts', import.meta.url));

export type CliRun = { readonly exitCode: number | null; readonly out: string; readonly err: string };

export type RunningCli = {
  readonly ended: Promise<CliRun>;
  /** What it has written to the error output so far. */
  err(): string;
  /** As Ctrl-C does. */
  interrupt(): void;
};

/** The tests' own environment, without what says which database and log to use. */
const environmentWith = (environment: Readonly<Record<string, string>>): NodeJS.ProcessEnv => {
  const { DATABASE_URL: _database, EVENT_LOG: _log, EVENTSTORE_URL: _store, ...inherited } = process.env;
  return { ...inherited, ...environment };
};

/** The operator's command as a process of its own, as `npm run projector --` starts it. */
export const startCli = (words: readonly string[], environment: Readonly<Record<string, string>>): RunningCli => {
  const child = spawn(process.execPath, ['--import', 'tsx', main, ...words], {
    env: environmentWith(environment),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    err += chunk.toString();
  });
  return {
    ended: new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (exitCode) => resolve({ exitCode, out, err }));
    }),
    err: () => err,
    interrupt: () => child.kill('SIGINT'),
  };
};

/** The operator's command within this process: what `startCli` does but for the seconds that a process takes. */
export const runCli = async (
  words: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<CliRun> => {
  let out = '';
  let err = '';
  const exitCode = await runCommandLine(words, {
    environment: environmentWith(environment),
    out: { write: (text) => (out += text) },
    progress: { write: (text) => (err += text) },
    signal: new AbortController().signal,
  });
  return { exitCode, out, err };
};
