import { setTimeout as delay } from 'node:timers/promises';

export type Waiting = {
  /** Its reason is what the wait then rejects with. */
  readonly signal: AbortSignal;
  readonly say: (text: string) => void;
  /** Until it is said what is waited for; default 30 s. */
  readonly tellAfterMs?: number;
};

/** `done`, or what is still missing, in words. */
export type Look<Result> = { readonly done: Result } | { readonly missing: string };

const pollMs = 200;

/** Looks until it is done, however long; says what is missing after 30 s, and again every 30 s. */
export const untilDone = async <Result>(look: () => Promise<Look<Result>>, waiting: Waiting): Promise<Result> => {
  const { signal, say, tellAfterMs = 30_000 } = waiting;
  let toldAt = performance.now();
  for (;;) {
    signal.throwIfAborted();
    const seen = await look();
    if ('done' in seen) return seen.done;
    if (performance.now() - toldAt >= tellAfterMs) {
      toldAt = performance.now();
      say(`\n  Still waiting for ${seen.missing}`);
    }
    await delay(pollMs, undefined, { signal }).catch(() => signal.throwIfAborted());
  }
};
