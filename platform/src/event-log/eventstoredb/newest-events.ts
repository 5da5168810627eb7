import { setTimeout as delay } from 'node:timers/promises';
import { type AllStreamSubscription, END, type Position, streamNameFilter } from '@eventstore/db-client';
import type { Logger } from '../../observability/logger.ts';
import { createWaiters } from '../waiters.ts';
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
  const waiters = createWaiters(pollMs);
  let reached: Position | undefined;
  let following: Promise<void> | undefined;

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
    subscription.on('data', ({ event }) => {
      if (!event) return;
      reached = event.position;
      waiters.notice(positionOf(event));
    });
    // Also for a consumer that was busy for a moment: the server then drops it.
    subscription.on('error', (error) =>
      logger?.info({ operation: 'event-log-subscription', err: error }, 'Subscribing to the event log again.'),
    );
    // What came while nobody listened is not told again to the first subscription, which begins at the end.
    subscription.on('confirmation', waiters.wakeAll);
    const begun = await untilOver(subscription, closing.signal);
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
    notice: waiters.notice,
    waitPast: (position, signal) => {
      following ??= follow();
      return waiters.waitPast(position, signal);
    },
    close: async () => {
      closing.abort();
      waiters.close();
      await following;
    },
  };
};

/** Resolves when the subscription broke, was not confirmed in time or is to end, with whether it had been confirmed. */
const untilOver = (subscription: AllStreamSubscription, signal: AbortSignal): Promise<boolean> =>
  new Promise((resolve) => {
    let begun = false;
    const end = (): void => {
      clearTimeout(unconfirmed);
      signal.removeEventListener('abort', end);
      resolve(begun);
    };
    const unconfirmed = setTimeout(end, confirmMs);
    signal.addEventListener('abort', end, { once: true });
    subscription.on('confirmation', () => {
      clearTimeout(unconfirmed);
      begun = true;
    });
    for (const ending of ['error', 'end', 'close'] as const) subscription.on(ending, end);
  });
