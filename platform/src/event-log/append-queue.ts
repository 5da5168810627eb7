import { type Append, type AppendResult, EventLogUnavailable } from './event-log.ts';

type Waiting = {
  readonly append: Append;
  readonly bytes: number;
  /** To be called when the append leaves the queue: from then on its caller must wait for the outcome. */
  readonly leave: () => void;
  readonly resolve: (result: AppendResult) => void;
  readonly reject: (error: unknown) => void;
};

export type AppendQueue = {
  add(append: Append, signal: AbortSignal | undefined): Promise<AppendResult>;
  /** Refuses further appends and waits until those already here are answered. */
  close(): Promise<void>;
};

const flushAppends = 50;
const flushBytes = 4_000_000;

/**
 * Group commit without waiting: while one flush is under way arriving appends gather, and go together when it
 * returns. Nobody waits for company: a lone append goes at once.
 */
export const createAppendQueue = (
  send: (appends: readonly Append[]) => Promise<readonly AppendResult[]>,
): AppendQueue => {
  let waiting: Waiting[] = [];
  let running: Promise<void> | undefined;
  let closed = false;

  const run = async (): Promise<void> => {
    while (waiting.length > 0) await flush(send, takeFlush());
    running = undefined;
  };

  const takeFlush = (): readonly Waiting[] => {
    let bytes = 0;
    let count = 0;
    for (const entry of waiting) {
      bytes += entry.bytes;
      if (count === flushAppends || (count > 0 && bytes > flushBytes)) break;
      count += 1;
    }
    const taken = waiting.slice(0, count);
    waiting = waiting.slice(count);
    for (const { leave } of taken) leave();
    return taken;
  };

  return {
    add: (append, signal) =>
      new Promise((resolve, reject) => {
        if (closed) return reject(new EventLogUnavailable('The event log is closed.'));
        const giveUp = (): void => {
          waiting = waiting.filter((other) => other !== entry);
          reject(new EventLogUnavailable('The append was given up before it was sent.', { cause: signal?.reason }));
        };
        const leave = (): void => signal?.removeEventListener('abort', giveUp);
        const bytes = append.events.reduce((sum, { data }) => sum + data.length, 0);
        const entry: Waiting = { append, bytes, leave, resolve, reject };
        if (signal?.aborted) return giveUp();
        signal?.addEventListener('abort', giveUp, { once: true });
        waiting.push(entry);
        running ??= run();
      }),
    close: async () => {
      closed = true;
      await running;
    },
  };
};

const flush = async (
  send: (appends: readonly Append[]) => Promise<readonly AppendResult[]>,
  taken: readonly Waiting[],
): Promise<void> => {
  try {
    const results = await send(taken.map(({ append }) => append));
    taken.forEach((entry, index) => {
      const result = results[index];
      if (result) entry.resolve(result);
      else entry.reject(new EventLogUnavailable('The log gave no answer to this append.'));
    });
  } catch (error) {
    if (taken.length === 1 || !isAboutContent(error)) for (const entry of taken) entry.reject(unavailable(error));
    // One append that PostgreSQL cannot store must not fail those that happened to travel with it.
    else for (const entry of taken) await flush(send, [entry]);
  }
};

/** SQLSTATE classes of data that cannot be stored (22), broken constraints (23) and exceeded limits (54). */
const isAboutContent = (error: unknown): boolean =>
  typeof error === 'object' &&
  error !== null &&
  'code' in error &&
  typeof error.code === 'string' &&
  /^(22|23|54)...$/.test(error.code);

const unavailable = (cause: unknown): EventLogUnavailable =>
  new EventLogUnavailable('The event log did not take the append.', { cause });
