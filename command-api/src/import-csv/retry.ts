import { setTimeout as wait } from 'node:timers/promises';
import { ImportProblem } from './import-problem.ts';

/** A failure that may pass by itself: no connection, a server that starts or is busy. */
export class PassingFailure extends Error {
  override readonly name = 'PassingFailure';
  /** What the server asked for, in milliseconds. */
  readonly retryAfterMs: number | undefined;

  constructor(message: string, options: { readonly retryAfterMs?: number | undefined; readonly cause?: unknown }) {
    super(message, { cause: options.cause });
    this.retryAfterMs = options.retryAfterMs;
  }
}

export type Retry = <Result>(attempt: () => Promise<Result>) => Promise<Result>;

/**
 * Repeats what fails for a passing reason, waiting 0.5 s, 1 s, 2 s … 5 s in between or as long as the server asked,
 * until it succeeds, fails otherwise, or has failed for `patienceMs` on end.
 */
export const retryFor =
  (patienceMs: number, signal: AbortSignal): Retry =>
  async (attempt) => {
    const start = Date.now();
    for (let failures = 0; ; failures += 1) {
      try {
        return await attempt();
      } catch (error) {
        if (!(error instanceof PassingFailure)) throw error;
        const pause = error.retryAfterMs ?? Math.min(500 * 2 ** failures, 5_000);
        if (Date.now() - start + pause > patienceMs) {
          throw new ImportProblem(`${error.message}. Run the same command again to go on.`, { cause: error });
        }
        await wait(pause, undefined, { signal });
      }
    }
  };
