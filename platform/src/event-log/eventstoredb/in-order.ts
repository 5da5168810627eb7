import { EventLogUnavailable } from '../event-log.ts';

/**
 * Lets one work at a time pass under each name, in the order in which they came. A work whose signal aborts while it
 * queues is given up at once; one that is under way is not.
 */
export const createOrder = () => {
  const last = new Map<string, Promise<void>>();
  return async <Result>(
    name: string,
    signal: AbortSignal | undefined,
    work: () => Promise<Result>,
  ): Promise<Result> => {
    const before = last.get(name);
    let done = (): void => undefined;
    const turn = new Promise<void>((resolve) => {
      done = resolve;
    });
    const mine = before === undefined ? turn : before.then(() => turn);
    last.set(name, mine);
    try {
      if (before !== undefined) await orGivenUp(before, signal);
      if (signal?.aborted) throw givenUp(signal);
      return await work();
    } finally {
      done();
      if (last.get(name) === mine) last.delete(name);
    }
  };
};

const orGivenUp = (before: Promise<void>, signal: AbortSignal | undefined): Promise<void> => {
  if (!signal) return before;
  return new Promise((resolve, reject) => {
    const giveUp = (): void => reject(givenUp(signal));
    if (signal.aborted) return giveUp();
    signal.addEventListener('abort', giveUp, { once: true });
    void before.then(() => {
      signal.removeEventListener('abort', giveUp);
      resolve();
    });
  });
};

const givenUp = (signal: AbortSignal): EventLogUnavailable =>
  new EventLogUnavailable('The append was given up before it was sent.', { cause: signal.reason });
