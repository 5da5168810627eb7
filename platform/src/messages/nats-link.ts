import { setTimeout as delay } from 'node:timers/promises';
import type { NatsConnection } from 'nats';
import type { Logger } from '../observability/logger.ts';
import { dialNats, explainNats } from './dial-nats.ts';

export type NatsLinkOptions = {
  readonly url: string;
  /** Shown in the server's monitoring. */
  readonly applicationName: string;
  readonly logger: Logger;
  /** A server that does not answer two pings that far apart is given up. Default 4,000 ms. */
  readonly pingMs?: number | undefined;
  /** Called with every new connection, before it counts as standing; a rejection gives it up. */
  readonly greet: (connection: NatsConnection) => Promise<void>;
};

/** One connection after the other, for ever. */
export type NatsLink = {
  /** The standing connection. Waits for the first attempt alone (≤ 4 s); otherwise rejects at once with why there is none. */
  connection(): Promise<NatsConnection>;
  /** The standing connection, if there is one. */
  standing(): NatsConnection | undefined;
  close(): Promise<void>;
};

const shortestBackOffMs = 50;
const longestBackOffMs = 2_000;

/**
 * The client's own reconnecting is off: it would keep what is published meanwhile and send it later, and it gives up
 * after wrong credentials. Here every connection is made and greeted in the same way, and never given up.
 */
export const createNatsLink = (options: NatsLinkOptions): NatsLink => {
  const { signal, abort } = abortable();
  const state: State = { standing: undefined, problem: undefined };
  let tried = (): void => undefined;
  const firstAttempt = new Promise<void>((resolve) => {
    tried = resolve;
  });
  const keeping = keepConnected({ options, state, signal, tried });
  const standing = (): NatsConnection | undefined => (state.standing?.isClosed() ? undefined : state.standing);
  return {
    standing,
    connection: async () => {
      await firstAttempt;
      const connection = standing();
      if (!connection) throw state.problem ?? new Error('NATS is not connected.');
      return connection;
    },
    close: async () => {
      abort();
      await state.standing?.close().catch(() => undefined);
      await keeping;
    },
  };
};

const abortable = (): { signal: AbortSignal; abort: () => void } => {
  const controller = new AbortController();
  return { signal: controller.signal, abort: () => controller.abort() };
};

type State = { standing: NatsConnection | undefined; problem: Error | undefined };

type Keeping = {
  readonly options: NatsLinkOptions;
  readonly state: State;
  readonly signal: AbortSignal;
  readonly tried: () => void;
};

const keepConnected = async ({ options, state, signal, tried }: Keeping): Promise<void> => {
  const { logger } = options;
  /** A cluster tells its other members, for when this one is lost. */
  const servers = new Set([new URL(options.url).host]);
  let backOffMs = shortestBackOffMs;
  const lost = (error: unknown): void => {
    const known = state.problem !== undefined;
    state.standing = undefined;
    state.problem = explainNats(error);
    if (!known && !signal.aborted) logger.warn({ err: state.problem, operation: 'messages' }, 'NATS is not connected');
    tried();
  };
  while (!signal.aborted) {
    try {
      const connection = await dialNats(options, [...servers], signal);
      if (state.problem) logger.info({ operation: 'messages' }, 'NATS is connected again');
      Object.assign(state, { standing: connection, problem: undefined });
      tried();
      backOffMs = shortestBackOffMs;
      for (const address of connection.info?.connect_urls ?? []) servers.add(address);
      lost((await connection.closed()) ?? new Error('The connection to NATS ended.'));
    } catch (error) {
      lost(error);
    }
    await delay(backOffMs * (0.5 + Math.random() / 2), undefined, { signal }).catch(() => undefined);
    backOffMs = Math.min(backOffMs * 2, longestBackOffMs);
  }
};
