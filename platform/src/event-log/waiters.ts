/** Those who wait for news of the log. */
export type Waiters = {
  /** Resolves when the log may have grown past the position, after `pollMs`, or when the signal aborts. */
  waitPast(position: bigint, signal: AbortSignal): Promise<void>;
  /** There are events up to this position: wakes everybody when that is new. */
  notice(position: bigint): void;
  /** Wakes everybody: something may have been missed. */
  wakeAll(): void;
  /** Wakes everybody; nobody waits from now on. */
  close(): void;
};

/** Notices are an optimization: whoever waits is woken after `pollMs` in any case. */
export const createWaiters = (pollMs: number): Waiters => {
  const wakers = new Set<() => void>();
  let noticed = 0n;
  let closed = false;
  const wakeAll = (): void => {
    for (const wake of [...wakers]) wake();
  };
  return {
    waitPast: (position, signal) => {
      if (noticed > position || signal.aborted || closed) return Promise.resolve();
      return new Promise((resolve) => {
        const wake = (): void => {
          clearTimeout(timer);
          wakers.delete(wake);
          signal.removeEventListener('abort', wake);
          resolve();
        };
        const timer = setTimeout(wake, pollMs);
        wakers.add(wake);
        signal.addEventListener('abort', wake, { once: true });
      });
    },
    notice: (position) => {
      if (position <= noticed) return;
      noticed = position;
      wakeAll();
    },
    wakeAll,
    close: () => {
      closed = true;
      wakeAll();
    },
  };
};
