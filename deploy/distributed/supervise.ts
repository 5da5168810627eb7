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
  /** Where its metrics stand, when they do. */
  readonly metrics: string | undefined;
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
/** So many ends with exit code 1 in a row are no accident: an engine refuses it, or its configuration is wrong. */
const quickFailures = 5;
const lastWordsLength = 2_000;

export const root = fileURLToPath(new URL('../../', import.meta.url));

const isHarmless = (name: string): boolean =>
  /^(?:PATH|HOME|TZ|LANG|LC_\w+|TMPDIR|TEMP|TMP|SYSTEMROOT)$/i.test(name) || name.startsWith('NODE_');

/** What a child is told of our environment: nothing that could be a secret. Everything else it is told by name. */
export const childEnvironment = (
  own: Program['environment'],
  ours: Readonly<Record<string, string | undefined>> = process.env,
): NodeJS.ProcessEnv => ({
  ...Object.fromEntries(Object.entries(ours).filter(([name]) => isHarmless(name))),
  ...own,
  END_WITH_PARENT: 'on',
});

/**
 * A process of Node in a group of its own, so that Ctrl-C reaches the parent alone, which then stops all in order.
 * Its standard input is a pipe whose end tells it that the parent is gone (`endWithParent`).
 */
export const startProgram = ({ args, environment }: Program): ChildProcess =>
  spawn(process.execPath, args, {
    cwd: root,
    env: childEnvironment(environment),
    stdio: ['pipe', 'inherit', 'pipe'],
    detached: true,
  });

/** Passes on what the child says on its standard error, and answers the last of it when it has ended. */
const lastWordsOf = (child: ChildProcess): (() => Promise<string>) => {
  let words = '';
  const closed = once(child, 'close');
  child.stderr?.on('data', (text: Buffer) => {
    process.stderr.write(text);
    words = (words + text).slice(-lastWordsLength);
  });
  return async () => {
    // A grandchild may hold it open.
    await Promise.race([closed, delay(longestBackOffMs / 10)]);
    return words.trim();
  };
};

export type Keeping = {
  readonly logger: Logger;
  readonly onStart: () => void;
  /** Called when it ended with exit code 1 within its first seconds five times in a row, with what it said last. */
  readonly onRefused?: (sentence: string) => void;
};

/** Runs the program and starts it again whenever it ends by itself, at longer and longer intervals. */
export const keepRunning = (program: Program, { logger, onStart, onRefused }: Keeping): Kept => {
  const stopping = new AbortController();
  let child: ChildProcess | undefined;
  const run = async (): Promise<void> => {
    let backOffMs = shortestBackOffMs;
    let failures = 0;
    while (!stopping.signal.aborted) {
      const startedAt = performance.now();
      child = startProgram(program);
      const lastWords = lastWordsOf(child);
      onStart();
      const [code, signal] = await once(child, 'exit');
      if (stopping.signal.aborted) return;
      const lived = performance.now() - startedAt;
      // Who was killed did not choose to end: waiting longer would only keep people waiting.
      const isWorthASecondTry = lived > healthyMs || signal !== null;
      backOffMs = isWorthASecondTry ? shortestBackOffMs : Math.min(2 * backOffMs, longestBackOffMs);
      logger.warn(
        { operation: 'restart', process: program.name, code, signal },
        'A process ended and is started again',
      );
      failures = code === 1 && lived <= healthyMs ? failures + 1 : 0;
      if (failures === quickFailures) onRefused?.(await lastWords());
      await delay(backOffMs, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  };
  const running = run();
  return {
    name: program.name,
    address: program.environment.PORT ? `http://127.0.0.1:${program.environment.PORT}` : undefined,
    metrics: program.environment.METRICS_PORT
      ? `http://127.0.0.1:${program.environment.METRICS_PORT}/metrics`
      : undefined,
    pid: () => child?.pid,
    stop: async () => {
      stopping.abort();
      child?.kill('SIGTERM');
      const insist = setTimeout(() => child?.kill('SIGKILL'), patienceMs);
      await running.finally(() => clearTimeout(insist));
    },
  };
};
