import { connect } from 'nats';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createLogger } from '../observability/logger.ts';
import { EngineRefused } from '../process/engine-refused.ts';
import { describeOn, natsServer } from '../testing/engines.ts';
import type { TestServer } from '../testing/server-process.ts';
import { startTcpProxy, type TcpProxy, targetOf, through } from '../testing/tcp-proxy.ts';
import { hear } from './hear.ts';
import { messagesContract } from './messages.contract.ts';
import type { Messages, ReadTablesChanged } from './messages.ts';
import { createNatsMessages } from './nats-messages.ts';

const logger = createLogger({ component: 'messages-test', level: 'silent' });
const siteId = '3e0f6a52-0d0f-4a6e-9c62-7c1f0c4b9a01';
const change = (generation: number): ReadTablesChanged => ({
  projection: 'interactions',
  siteId,
  generation: String(generation),
  ids: null,
});

describeOn('NATS', 'with a NATS server', () => {
  let server: TestServer;
  let way: TcpProxy;
  beforeAll(async () => {
    server = await natsServer();
    way = await startTcpProxy(() => targetOf(server.url));
  });
  afterAll(async () => {
    await way.close();
    await server.close();
  });

  messagesContract('Messages on NATS', () =>
    Promise.resolve({
      create: () => createNatsMessages({ url: through(way, server.url), logger }),
      disconnectListeners: async () => void way.cut(),
      version: async () => {
        const client = await connect({ servers: new URL(server.url).host });
        const version = `nats-server ${client.info?.version}`;
        await client.close();
        return version;
      },
    }),
  );

  describe('A listener', () => {
    const opened: { close(): Promise<void> }[] = [];
    afterEach(async () => {
      await Promise.all(opened.splice(0).map((client) => client.close()));
    });
    const listen = async () => {
      const messages = createNatsMessages({ url: server.url, logger });
      const stranger = await connect({ servers: new URL(server.url).host });
      opened.push(messages, stranger);
      const ear = hear(messages);
      await ear.until(({ gaps }) => gaps() === 1);
      const send = (publisher: string, number: number): void =>
        stranger.publish(`ims.read-tables.${siteId}`, JSON.stringify({ publisher, number, change: change(number) }));
      return { ear, stranger, send };
    };

    it('looks for itself when the numbers of a publisher show that a message is missing', async () => {
      const { ear, send } = await listen();
      for (const number of [1, 2, 4]) send('projector', number);
      await ear.until(({ changes }) => changes.length === 3);
      expect(ear.gaps()).toBe(2);
    });

    it('takes a message that comes twice or late for no gap', async () => {
      const { ear, send } = await listen();
      for (const number of [1, 2, 2, 1, 3]) send('projector', number);
      await ear.until(({ changes }) => changes.length === 5);
      expect(ear.gaps()).toBe(1);
    });

    it('looks for itself when a message cannot be read', async () => {
      const { ear, stranger } = await listen();
      for (const words of ['', '{}', '{"publisher":"p","number":1,"change":{"projection":"interactions"}}']) {
        stranger.publish('ims.read-tables.none', words);
      }
      await ear.until(({ gaps }) => gaps() === 4);
      expect(ear.changes).toEqual([]);
    });
  });
});

describeOn({ name: 'NATS', own: true }, 'When NATS fails, messages', () => {
  const opened: { close(): Promise<void> }[] = [];
  afterEach(async () => {
    for (const thing of opened.splice(0).reverse()) await thing.close();
  });
  const start = async (options: Parameters<typeof natsServer>[0] = {}): Promise<TestServer> => {
    const server = await natsServer({ ...options, own: true });
    opened.push(server);
    return server;
  };
  const open = (url: string, pingMs = 200): Messages => {
    const messages = createNatsMessages({ url, logger, pingMs });
    opened.push(messages);
    return messages;
  };

  it('go on after the server was killed and started again', async () => {
    const server = await start();
    const [publisher, listener] = [open(server.url), open(server.url)];
    const ear = hear(listener);
    await ear.until(({ gaps }) => gaps() === 1);
    await publisher.publish([change(1)]);
    await server.kill();
    await expect(listener.check()).rejects.toThrow();
    await expect(publisher.publish([change(2)])).rejects.toThrow();
    await server.restart();
    await ear.until(({ gaps }) => gaps() === 2);
    await publishUntilTaken(publisher, change(3));
    await ear.until(({ changes }) => changes.length === 2);
    expect(ear.changes).toEqual([change(1), change(3)]);
  });

  it('that could not be told show as a gap to those who hear the next', async () => {
    const server = await start();
    const publisherWay = await startTcpProxy(() => targetOf(server.url));
    opened.push(publisherWay);
    const [publisher, listener] = [open(through(publisherWay, server.url)), open(server.url)];
    const ear = hear(listener);
    await ear.until(({ gaps }) => gaps() === 1);
    await publisher.publish([change(1)]);
    publisherWay.cut();
    await expect(publisher.publish([change(2)])).rejects.toThrow();
    await publishUntilTaken(publisher, change(3));
    await ear.until(({ changes }) => changes.length === 2);
    expect(ear.changes).toEqual([change(1), change(3)]);
    expect(ear.gaps()).toBe(2);
  });

  it('are not waited for when the server hangs, and go on when it answers again', async () => {
    const server = await start();
    // The publisher has to find out without its pings.
    const [publisher, listener] = [open(server.url, 60_000), open(server.url)];
    const ear = hear(listener);
    await ear.until(({ gaps }) => gaps() === 1);
    await publisher.publish([change(1)]);
    server.stop();
    const startedAt = performance.now();
    await expect(publisher.publish([change(2)])).rejects.toThrow();
    await expect(publisher.publish([change(3)])).rejects.toThrow();
    expect(performance.now() - startedAt).toBeLessThan(2_000);
    await until(async () => (await listener.check().catch(() => 'lost')) === 'lost');
    server.resume();
    await ear.until(({ gaps }) => gaps() > 1);
    await publishUntilTaken(publisher, change(4));
    await ear.until(({ changes }) => changes.at(-1)?.generation === '4');
  });

  it('wait for a server that is not there yet', async () => {
    const server = await start();
    await server.kill();
    const messages = open(server.url);
    const ear = hear(messages);
    await expect(messages.publish([change(1)])).rejects.toThrow();
    await server.restart();
    await ear.until(({ gaps }) => gaps() === 1);
    await publishUntilTaken(messages, change(2));
    await ear.until(({ changes }) => changes.length === 1);
  });

  it('name the wrong password as something to mend, and the right one works', async () => {
    const server = await start({ password: 'right:1' });
    const { host } = new URL(server.url);
    await expect(open(`nats://ims:wrong@${host}`).check()).rejects.toThrow(EngineRefused);
    await expect(open(`nats://${host}`).check()).rejects.toThrow(EngineRefused);
    await expect(open(`nats://ims:${encodeURIComponent('right:1')}@${host}`).check()).resolves.toBeUndefined();
  });
});

/** The publisher's own way back to the server may take a moment longer than the listener's. */
const publishUntilTaken = (publisher: Messages, told: ReadTablesChanged): Promise<void> =>
  until(() =>
    publisher.publish([told]).then(
      () => true,
      () => false,
    ),
  );

const until = async (condition: () => Promise<boolean>): Promise<void> => {
  while (!(await condition())) await new Promise((resolve) => setImmediate(resolve));
};
