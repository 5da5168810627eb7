import { setTimeout as delay } from 'node:timers/promises';
import { type AllStreamSubscription, END, type Position, streamNameFilter } from '@eventstore/db-client';
import type { Logger } from '../../observability/logger.ts';
import { type Connection, pauseBefore } from './connection.ts';
import { oursAsRegex, positionOf } from './stored-form.ts';

export type NewestEvents = {
  /** As `EventLog.waitPast`. */
  waitPast(position: bigint, signal: AbortSignal): Promise<void>;
  /** To be told of positions that were learned otherwise. */
  notice(position: bigint): void;
  close(): Promise<void>;
};

const confirmMs = 5_000;

/**
 * Follows the log by one subscription per process, made when somebody first waits. It goes on after the last position
 * it was told of (events and checkpoints) whenever it breaks, which the client does not do by itself. Whoever waits is
 * woken after `pollMs` in any case.
 */
export const createNewestEvents = (
  { client }: Connection,
  pollMs: number,
  logger: Logger | undefined,
): NewestEvents => {
  const closing = new AbortController();
  const wakers = new Set<() => void>();
  let noticed = 0n;
  let reached: Position | undefined;
  let following: Promise<void> | undefined;

  const wakeAll = (): void => {
    for (const wake of [...wakers]) wake();
  };
  const notice = (position: bigint): void => {
    if (position <= noticed) return;
    noticed = position;
    wakeAll();
  };

  const subscribe = (): AllStreamSubscription =>
    client.subscribeToAll({
      fromPosition: reached ?? END,
      requiresLeader: true,
      filter: streamNameFilter({
        regex: oursAsRegex,
        checkpointInterval: 8,
        checkpointReached: (_, position) => {
          reached = position;
        },
      }),
    });

  /** Resolves when the subscription is over, with whether it had begun. */
  const followOnce = async (): Promise<boolean> => {
    const subscription = subscribe();
    let begun = false;
    await new Promise<void>((resolve) => {
      const end = (): void => {
        clearTimeout(unconfirmed);
        closing.signal.removeEventListener('abort', end);
        resolve();
      };
      const unconfirmed = setTimeout(end, confirmMs);
      closing.signal.addEventListener('abort', end, { once: true });
      subscription.on('confirmation', () => {
        clearTimeout(unconfirmed);
        begun = true;
        // What came while nobody listened is not told again to the first subscription, which begins at the end.
        wakeAll();
      });
      subscription.on('data', ({ event }) => {
        if (!event) return;
        reached = event.position;
        notice(positionOf(event));
      });
      subscription.on('error', (error) => {
        // Also for a consumer that was busy for a moment: the server then drops it.
        logger?.info({ operation: 'event-log-subscription', err: error }, 'Subscribing to the event log again.');
        end();
      });
      subscription.on('end', end);
      subscription.on('close', end);
    });
    await subscription.unsubscribe().catch(() => undefined);
    return begun;
  };

  const follow = async (): Promise<void> => {
    for (let attempt = 1; !closing.signal.aborted; attempt += 1) {
      const begun = await followOnce().catch(() => false);
      if (begun) attempt = 1;
      await delay(pauseBefore(attempt), undefined, { signal: closing.signal }).catch(() => undefined);
    }
  };

  return {
    notice,
    waitPast: (position, signal) => {
      following ??= follow();
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
      await following;
    },
  };
};
