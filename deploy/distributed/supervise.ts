import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Logger } from '@ims/platform/observability/logger';

/** A program to keep running. */
export type Program = {
  /** In the log and in the list of processes. */
  readonly name: string;
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
};

export type Kept = {
  readonly name: string;
  /** Where it answers HTTP on this machine; nothing for engines. */
  readonly address: string | undefined;
  /** Of the process that runs now. */
  pid(): number | undefined;
  /** Ends it for good: asks, and after 25 s insists. */
  stop(): Promise<void>;
};

const shortestBackOffMs = 100;
const longestBackOffMs = 5_000;
/** Who lived that long did not die of its start. */
const healthyMs = 10_000;
const patienceMs = 25_000;

export const root = fileURLToPath(new URL('../../', import.meta.url));

/**
 * A process of Node in a group of its own, so that Ctrl-C reaches the parent alone, which then stops all in order.
 * Its standard input is a pipe whose end tells it that the parent is gone (`endWithParent`).
 */
export const startProgram = ({ args, environment }: Program): ChildProcess =>
  spawn(process.execPath, args, {
    cwd: root,
    env: { ...process.env, ...environment, END_WITH_PARENT: 'on' },
    stdio: ['pipe', 'inherit', 'inherit'],
    detached: true,
  });

/** Runs the program and starts it again whenever it ends by itself, at longer and longer intervals. */
export const keepRunning = (
  program: Program,
  { logger, onStart }: { readonly logger: Logger; readonly onStart: () => void },
): Kept => {
  const stopping = new AbortController();
  let child: ChildProcess | undefined;
  const run = async (): Promise<void> => {
    let backOffMs = shortestBackOffMs;
    while (!stopping.signal.aborted) {
      const startedAt = performance.now();
      child = startProgram(program);
      onStart();
      const [code, signal] = await once(child, 'exit');
      if (stopping.signal.aborted) return;
      const lived = performance.now() - startedAt;
      backOffMs = lived > healthyMs ? shortestBackOffMs : Math.min(2 * backOffMs, longestBackOffMs);
      logger.warn(
        { operation: 'restart', process: program.name, code, signal },
        'A process ended and is started again',
      );
      await delay(backOffMs, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  };
  const running = run();
  return {
    name: program.name,
    address: program.environment.PORT ? `http://127.0.0.1:${program.environment.PORT}` : undefined,
    pid: () => child?.pid,
    stop: async () => {
      stopping.abort();
      child?.kill('SIGTERM');
      const insist = setTimeout(() => child?.kill('SIGKILL'), patienceMs);
      await running.finally(() => clearTimeout(insist));
    },
  };
};
