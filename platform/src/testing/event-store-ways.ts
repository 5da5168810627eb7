import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { type Connection, createConnection } from '../event-log/eventstoredb/connection.ts';
import { toEventData } from '../event-log/eventstoredb/stored-form.ts';
import type { TestServer } from './server-process.ts';
import { appendOf } from './stored-events.ts';
import { type PassOn, startTcpProxy, type TcpProxy, targetOf, through } from './tcp-proxy.ts';

/** Two clients of one EventStoreDB: one straight to the node, one whose way can be broken. */
export type EventStoreWays = {
  readonly direct: Connection;
  readonly proxied: Connection;
  readonly proxy: TcpProxy;
  /** Swallows what the node sends next, and cuts the connection then: the request arrived, the answer did not. */
  swallowNextAnswer(): void;
  /** How many answers were swallowed. */
  swallowed(): number;
  close(): Promise<void>;
};

export const openEventStoreWays = async (node: TestServer): Promise<EventStoreWays> => {
  let swallowing = false;
  let swallowed = 0;
  const passOn: PassOn = (client, server) => {
    client.pipe(server);
    server.on('data', (bytes) => {
      if (!swallowing) return void client.write(bytes);
      // Small frames are the transport's own business (acknowledgements, windows), not an answer.
      if (bytes.length < 40) return;
      swallowing = false;
      swallowed += 1;
      server.destroy();
    });
  };
  const proxy = await startTcpProxy(() => targetOf(node.url), passOn);
  const direct = createConnection(node.url, 'direct');
  const proxied = createConnection(through(proxy, node.url), 'proxied');
  return {
    direct,
    proxied,
    proxy,
    swallowNextAnswer: () => {
      swallowing = true;
    },
    swallowed: () => swallowed,
    close: async () => {
      await Promise.all([direct.client.dispose(), proxied.client.dispose()]);
      await proxy.close();
    },
  };
};

/** As the client takes them. */
export const newEvents = (count = 1) =>
  appendOf('note', 'any', { count }).events.map((event) => toEventData(event, JSON.stringify(event.metadata)));

export const newStream = (): string => `note-${randomUUID()}`;

export const revisionsOf = async ({ client }: Connection, stream: string): Promise<number[]> => {
  const revisions: number[] = [];
  for await (const { event } of client.readStream(stream)) revisions.push(Number(event?.revision));
  return revisions;
};

export const until = async (condition: () => boolean): Promise<void> => {
  while (!condition()) await delay(10);
};
