import type { Logger } from '@ims/platform/observability/logger';

/** What a round found: more is waiting, nothing is, or it cannot be done for now. */
export type Round = 'more' | 'idle' | 'later';

export type BackgroundWork = {
  /** Looks at once; calls during a round are kept for the next. */
  wake(): void;
  /** Ends after the round that is under way. */
  stop(): Promise<void>;
};

/** A bell that may be rung before anybody listens. */
export type Bell = { ring(): void; onRing(listener: () => void): void };

export const createBell = (): Bell => {
  const listeners: (() => void)[] = [];
  return {
    ring: () => {
      for (const listener of listeners) listener();
    },
    onRing: (listener) => void listeners.push(listener),
  };
};

const longestPauseMs = 30_000;

/**
 * Does rounds until it is stopped: at once when woken, else every `pollMs`; after rounds that failed or answered
 * `later` with growing pauses of at most 30 s, which being woken does not shorten.
 */
export const startBackgroundWork = ({
  name,
  round,
  pollMs,
  logger,
}: {
  /** Appears in the log. */
  readonly name: string;
  readonly round: () => Promise<Round>;
  readonly pollMs: number;
  readonly logger: Logger;
}): BackgroundWork => {
  let stopped = false;
  let woken = false;
  let interrupt = (_because: 'woken' | 'stopped'): void => undefined;

  const pause = (ms: number, mayBeWoken: boolean): Promise<void> =>
    new Promise((resolve) => {
      if (stopped || (woken && mayBeWoken)) return resolve();
      const end = (): void => {
        clearTimeout(timer);
        interrupt = () => undefined;
        resolve();
      };
      const timer = setTimeout(end, ms);
      interrupt = (because) => {
        if (because === 'stopped' || mayBeWoken) end();
      };
    });

  const once = (): Promise<Round> =>
    round().catch((error: unknown) => {
      logger.error({ err: error, operation: name }, 'Background work failed; it is tried again');
      return 'later';
    });

  const run = async (): Promise<void> => {
    for (let failures = 0; !stopped; ) {
      woken = false;
      const found = await once();
      failures = found === 'later' ? failures + 1 : 0;
      if (found === 'idle') await pause(pollMs, true);
      if (found === 'later') await pause(Math.min(pollMs * 2 ** (failures - 1), longestPauseMs), false);
    }
  };

  const running = run();
  return {
    wake: () => {
      woken = true;
      interrupt('woken');
    },
    stop: () => {
      stopped = true;
      interrupt('stopped');
      return running;
    },
  };
};
