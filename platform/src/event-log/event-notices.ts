import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { newEventsChannel } from './migrations.ts';

export type EventNotices = {
  /** As `EventLog.waitPast`. */
  waitPast(position: bigint, signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
};

const reconnectMs = 500;

/**
 * Hears the log's notices on a connection of its own, made when somebody first waits and made again when it breaks.
 * Notices are an optimization: whoever waits is woken after `pollMs` in any case.
 */
export const createEventNotices = (url: string, applicationName: string, pollMs: number): EventNotices => {
  const closing = new AbortController();
  const wakers = new Set<() => void>();
  let noticed = 0n;
  let listening: Promise<void> | undefined;

  const wakeAll = (): void => {
    for (const wake of [...wakers]) wake();
  };

  const listenOnce = async (): Promise<void> => {
    const client = new pg.Client({
      connectionString: url,
      application_name: `${applicationName}-listen`,
      connectionTimeoutMillis: 5_000,
      keepAlive: true,
    });
    const ended = new Promise<void>((resolve) => {
      client.on('error', () => resolve());
      client.on('end', resolve);
      closing.signal.addEventListener('abort', () => resolve(), { once: true });
    });
    client.on('notification', ({ payload }) => {
      const head = BigInt(payload ?? 0);
      if (head > noticed) noticed = head;
      wakeAll();
    });
    try {
      await client.connect();
      await client.query(`listen ${newEventsChannel}`);
      // Notices sent while nobody listened are lost.
      wakeAll();
      await ended;
    } finally {
      await client.end().catch(() => undefined);
    }
  };

  const listen = async (): Promise<void> => {
    while (!closing.signal.aborted) {
      await listenOnce().catch(() => undefined);
      await delay(reconnectMs, undefined, { signal: closing.signal }).catch(() => undefined);
    }
  };

  return {
    waitPast: (position, signal) => {
      listening ??= listen();
      if (noticed > position || signal.aborted || closing.signal.aborted) return Promise.resolve();
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
    close: async () => {
      closing.abort();
      wakeAll();
      await listening;
    },
  };
};
