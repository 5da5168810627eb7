import { setTimeout as delay } from 'node:timers/promises';

/** One thing to stop; `name` appears in the log when it fails or takes too long. */
export type StopStep = { readonly name: string; readonly stop: () => Promise<unknown> | unknown };

export type StopOptions = {
  /** Asked at the signal, so that what was started late is stopped too; stopped one after the other, in this order. */
  readonly steps: () => readonly StopStep[];
  /** For all steps together; default 20,000 ms, then the process exits with code 1. */
  readonly deadlineMs?: number;
  readonly onProblem: (step: string, error: unknown) => void;
  readonly exit?: (code: number) => void;
  readonly signals?: Pick<NodeJS.EventEmitter, 'on'>;
};

/**
 * Stops in order at SIGINT or SIGTERM and exits with 0, or 1 where a step failed or the deadline passed. A second
 * signal exits at once with 130. Returns the same stop for calling it without a signal, as often as one likes.
 */
export const stopGracefully = (options: StopOptions): (() => Promise<void>) => {
  const { exit = (code) => process.exit(code), signals = process } = options;
  let stopping: Promise<void> | undefined;
  const stop = (): Promise<void> => {
    stopping ??= stopInTime(options).then((clean) => exit(clean ? 0 : 1));
    return stopping;
  };
  const onSignal = (): void => {
    if (stopping !== undefined) exit(130);
    else void stop();
  };
  signals.on('SIGINT', onSignal);
  signals.on('SIGTERM', onSignal);
  return stop;
};

const stopInTime = async ({ steps, onProblem, deadlineMs = 20_000 }: StopOptions): Promise<boolean> => {
  const finished = new AbortController();
  let current = '';
  const tooLate = delay(deadlineMs, 'late' as const, finished).catch(() => 'late' as const);
  const stopping = stopInOrder(steps(), onProblem, (name) => {
    current = name;
  });
  const outcome = await Promise.race([stopping, tooLate]);
  finished.abort();
  if (outcome === 'late') onProblem(current, new Error(`Stopping took longer than ${deadlineMs} ms.`));
  return outcome === 'clean';
};

const stopInOrder = async (
  steps: readonly StopStep[],
  onProblem: StopOptions['onProblem'],
  onStep: (name: string) => void,
): Promise<'clean' | 'failed'> => {
  let outcome: 'clean' | 'failed' = 'clean';
  for (const { name, stop } of steps) {
    onStep(name);
    try {
      await stop();
    } catch (error) {
      outcome = 'failed';
      onProblem(name, error);
    }
  }
  return outcome;
};
