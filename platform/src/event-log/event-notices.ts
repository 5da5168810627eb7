import { setTimeout as delay } from 'node:timers/promises';
import { listenOnChannel } from '../database/listen-on-channel.ts';
import { newEventsChannel } from './migrations.ts';
import { createWaiters } from './waiters.ts';

export type EventNotices = {
  /** As `EventLog.waitPast`. */
  waitPast(position: bigint, signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
};

const reconnectMs = 500;

/**
 * Hears the log's notices on a connection of its own, made when somebody first waits and made again when it breaks.
 * Whoever waits is woken after `pollMs` in any case.
 */
export const createEventNotices = (url: string, applicationName: string, pollMs: number): EventNotices => {
  const closing = new AbortController();
  const waiters = createWaiters(pollMs);
  let listening: Promise<void> | undefined;

  const listen = async (): Promise<void> => {
    const { signal } = closing;
    while (!signal.aborted) {
      await listenOnChannel({
        url,
        applicationName,
        channel: newEventsChannel,
        signal,
        // Notices sent while nobody listened are lost.
        began: waiters.wakeAll,
        noticed: (payload) => waiters.notice(BigInt(payload ?? 0)),
      }).catch(() => undefined);
      await delay(reconnectMs, undefined, { signal }).catch(() => undefined);
    }
  };

  return {
    waitPast: (position, signal) => {
      listening ??= listen();
      return waiters.waitPast(position, signal);
    },
    close: async () => {
      closing.abort();
      waiters.close();
      await listening;
    },
  };
};
