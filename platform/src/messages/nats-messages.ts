import { randomUUID } from 'node:crypto';
import { Events, type Msg, type NatsConnection } from 'nats';
import { z } from 'zod';
import type { Logger } from '../observability/logger.ts';
import { inTime } from '../process/in-time.ts';
import { type MessageListener, type Messages, type ReadTablesChanged, withFewIds } from './messages.ts';
import { createNatsLink, type NatsLink } from './nats-link.ts';
import { readChange } from './read-change.ts';
import { createSequenceCheck } from './sequence-check.ts';

export type NatsMessagesOptions = {
  /** `nats://` or `tls://`, with `user:password@` or `token@` where the server asks for it. */
  readonly url: string;
  /** Shown in the server's monitoring. Default: `ims-messages`. */
  readonly applicationName?: string;
  readonly logger: Logger;
  /** A server that does not answer two pings that far apart is given up. Default 4,000 ms. */
  readonly pingMs?: number;
};

const subjects = 'ims.read-tables';
/** Whoever publishes first waits for the first connection. */
const connectTimeoutMs = 1_000;
const flushTimeoutMs = 1_000;

/** Every publisher numbers its messages, so that who misses one knows it. */
const Envelope = z.object({ publisher: z.string(), number: z.int(), change: z.unknown() });
type Envelope = { readonly publisher: string; readonly number: number; readonly change: ReadTablesChanged };

/**
 * Messages over NATS, one subject per site. Connects when first used, and again for ever. A message that cannot be
 * handed over within 1 s is given up, for listeners look for themselves after a gap.
 */
export const createNatsMessages = (options: NatsMessagesOptions): Messages => {
  const { url, applicationName = 'ims-messages', logger, pingMs } = options;
  const listeners = new Set<MessageListener>();
  const hearing = createHearing(listeners, logger);
  const publisher = randomUUID();
  let number = 0;
  let link: NatsLink | undefined;
  const connect = (): NatsLink => {
    link ??= createNatsLink({ url, applicationName, logger, pingMs, greet: hearing.greet });
    return link;
  };
  return {
    publish: async (changes) => {
      if (changes.length === 0) return;
      // Numbered even when there is no connection: what comes next then tells the others that they missed something.
      const envelopes = changes.map((change): Envelope => {
        number += 1;
        return { publisher, number, change: withFewIds(change) };
      });
      const connection = connect().standing() ?? (await inTime(connectTimeoutMs, connect().connection()));
      for (const envelope of envelopes) connection.publish(subjectOf(envelope.change), JSON.stringify(envelope));
      await flush(connection);
    },
    subscribe: (listener) => {
      listeners.add(listener);
      const connection = connect().standing();
      if (connection) void hearing.greet(connection).catch(() => connection.close());
      return () => listeners.delete(listener);
    },
    check: async () => flush(await connect().connection()),
    close: async () => {
      listeners.clear();
      await link?.close();
    },
  };
};

const subjectOf = ({ siteId }: ReadTablesChanged): string => `${subjects}.${siteId ?? 'none'}`;

/** A server that does not answer is left at once, so that the next call need not wait to find that out again. */
const flush = async (connection: NatsConnection): Promise<void> => {
  const ended = connection.closed().then((error) => {
    throw error ?? new Error('The connection to NATS ended.');
  });
  ended.catch(() => undefined);
  try {
    await inTime(flushTimeoutMs, Promise.race([connection.flush(), ended]));
  } catch (error) {
    void connection.close().catch(() => undefined);
    throw error;
  }
};

type Hearing = { greet(connection: NatsConnection): Promise<void> };

const createHearing = (listeners: ReadonlySet<MessageListener>, logger: Logger): Hearing => {
  const sequence = createSequenceCheck();
  const heard = new WeakSet<NatsConnection>();
  const gap = (): void => {
    for (const listener of [...listeners]) listener.gap();
  };
  const hear = (message: Msg): void => {
    const envelope = readEnvelope(message);
    const change = readChange(envelope?.change);
    if (!envelope || !change || sequence.isGap(envelope.publisher, envelope.number)) gap();
    if (change) for (const listener of [...listeners]) listener.changed(change);
  };
  const greet = async (connection: NatsConnection): Promise<void> => {
    if (listeners.size === 0 || heard.has(connection)) return;
    heard.add(connection);
    const refused = new Promise<never>((_resolve, reject) => {
      connection.subscribe(`${subjects}.>`, { callback: (error, message) => (error ? reject(error) : hear(message)) });
    });
    refused.catch(() => undefined);
    void watchErrors(connection, gap, logger);
    await Promise.race([connection.flush(), refused]);
    // Only now does nothing get lost unheard; what came before must be looked for.
    gap();
  };
  return { greet };
};

/** The server tells of a slow consumer, and of rights taken away, by an error; messages may be lost then. */
const watchErrors = async (connection: NatsConnection, gap: () => void, logger: Logger): Promise<void> => {
  for await (const status of connection.status()) {
    if (status.type !== Events.Error) continue;
    logger.warn({ operation: 'messages', reason: status.data }, 'NATS reports an error');
    gap();
  }
};

const readEnvelope = (message: Msg): z.infer<typeof Envelope> | undefined => {
  try {
    return Envelope.safeParse(message.json()).data;
  } catch {
    return undefined;
  }
};
