import { setTimeout as delay } from 'node:timers/promises';
import type pg from 'pg';
import { listenOnChannel } from '../database/listen-on-channel.ts';
import { createPool } from '../database/pool.ts';
import { type MessageListener, type Messages, type ReadTablesChanged, withFewIds } from './messages.ts';
import { readChange } from './read-change.ts';

export type PostgresMessagesOptions = {
  readonly url: string;
  /** A direct address where `url` leads to a pooler in transaction mode, which cannot LISTEN. Default: `url`. */
  readonly listenUrl?: string;
  /** Shown in pg_stat_activity. Default: `ims-messages`. */
  readonly applicationName?: string;
};

const channel = 'ims_read_tables';
const shortestBackOffMs = 100;
const longestBackOffMs = 5_000;
/** A connection cut without a word is found out by asking. */
const pingMs = 10_000;
const pingTimeoutMs = 5_000;

/** Messages by LISTEN/NOTIFY. Connects when first used; a broken connection is made again, and the listeners get `gap`. */
export const createPostgresMessages = (options: PostgresMessagesOptions): Messages => {
  const { url, listenUrl = url, applicationName = 'ims-messages' } = options;
  const closing = new AbortController();
  const listeners = new Set<MessageListener>();
  const pool = createPool({ url, applicationName, max: 2, queryTimeoutMs: pingTimeoutMs });
  let listening: Promise<void> | undefined;

  return {
    publish: async (changes) => {
      if (changes.length === 0) return;
      await pool.query({
        name: 'messages_publish',
        text: 'select pg_notify($1, payload) from unnest($2::text[]) as payload',
        values: [channel, changes.map(toPayload)],
      });
    },
    subscribe: (listener) => {
      listeners.add(listener);
      listening ??= listenUntilClosed({ url: listenUrl, applicationName, listeners, signal: closing.signal });
      return () => listeners.delete(listener);
    },
    check: async () => {
      await pool.query('select');
    },
    close: async () => {
      closing.abort();
      listeners.clear();
      await listening;
      await pool.end();
    },
  };
};

/** A payload must stay below 8,000 bytes. */
const toPayload = (change: ReadTablesChanged): string => JSON.stringify(withFewIds(change));

type Listening = {
  readonly url: string;
  readonly applicationName: string;
  readonly listeners: ReadonlySet<MessageListener>;
  readonly signal: AbortSignal;
};

const listenUntilClosed = async (listening: Listening): Promise<void> => {
  const { signal } = listening;
  let backOffMs = shortestBackOffMs;
  while (!signal.aborted) {
    const connected = await listenOnce(listening);
    backOffMs = connected ? shortestBackOffMs : Math.min(backOffMs * 2, longestBackOffMs);
    await delay(backOffMs, undefined, { signal }).catch(() => undefined);
  }
};

/** True when the connection had been made before it ended. */
const listenOnce = async ({ listeners, ...where }: Listening): Promise<boolean> => {
  let ping: NodeJS.Timeout | undefined;
  const began = (client: pg.Client): void => {
    for (const listener of [...listeners]) listener.gap();
    ping = setInterval(() => void client.query('select 1').catch(() => client.end()), pingMs);
  };
  const noticed = (payload: string | undefined): void => {
    const change = fromPayload(payload);
    for (const listener of [...listeners]) change ? listener.changed(change) : listener.gap();
  };
  try {
    await listenOnChannel({ ...where, channel, queryTimeoutMs: pingTimeoutMs, began, noticed });
  } catch {
    // Nobody is there, or what a listener does failed: it begins anew.
  } finally {
    clearInterval(ping);
  }
  return ping !== undefined;
};

const fromPayload = (payload: string | undefined): ReadTablesChanged | undefined => {
  try {
    return readChange(JSON.parse(payload ?? ''));
  } catch {
    return undefined;
  }
};
