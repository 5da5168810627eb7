import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { itNamesTheServer } from '../testing/engines.ts';
import { hear } from './hear.ts';
import type { Messages, ReadTablesChanged } from './messages.ts';

/** What the suite needs of a server: clients of it, and a way to cut their connections. */
export type MessagesUnderTest = {
  /** A client, as a process of its own would have it. */
  create(): Messages;
  /** Cuts the connections on which the clients listen. */
  disconnectListeners(): Promise<void>;
  /** Name and version of the server. */
  version(): Promise<string>;
};

const siteId = '3e0f6a52-0d0f-4a6e-9c62-7c1f0c4b9a01';
const change = (generation: number, ids: readonly string[] | null = ['one']): ReadTablesChanged => ({
  projection: 'interactions',
  siteId,
  generation: String(generation),
  ids,
});

/** The suite that every implementation of `Messages` passes against its real server. */
export const messagesContract = (name: string, start: () => Promise<MessagesUnderTest>): void => {
  describe(name, () => {
    let server: MessagesUnderTest;
    let clients: Messages[] = [];
    const connect = (): Messages => {
      const client = server.create();
      clients.push(client);
      return client;
    };

    beforeEach(async () => {
      server = await start();
    });
    afterEach(async () => {
      await Promise.all(clients.map((client) => client.close()));
      clients = [];
    });

    itNamesTheServer(() => server.version());

    it('tells everybody who listens what changed, in the order it was told', async () => {
      const publisher = connect();
      const ears = [hear(connect()), hear(connect())];
      await Promise.all(ears.map((ear) => ear.until(({ gaps }) => gaps() > 0)));
      await publisher.publish([change(1), { ...change(2), siteId: null, ids: null }]);
      await publisher.publish([change(3)]);
      await Promise.all(ears.map((ear) => ear.until(({ changes }) => changes.length === 3)));
      for (const ear of ears) {
        expect(ear.changes).toEqual([change(1), { ...change(2), siteId: null, ids: null }, change(3)]);
      }
    });

    it('names no records when they are too many', async () => {
      const messages = connect();
      const ear = hear(messages);
      await ear.until(({ gaps }) => gaps() > 0);
      const ids = Array.from({ length: 101 }, () => siteId);
      await messages.publish([change(1, ids.slice(1)), change(2, ids)]);
      await ear.until(({ changes }) => changes.length === 2);
      expect(ear.changes.map((heard) => heard.ids?.length)).toEqual([100, undefined]);
    });

    it('tells a listener that messages may be missing after its connection was cut, and then goes on', async () => {
      const publisher = connect();
      const ear = hear(connect());
      await ear.until(({ gaps }) => gaps() === 1);
      await server.disconnectListeners();
      await ear.until(({ gaps }) => gaps() === 2);
      await publisher.publish([change(7)]);
      await ear.until(({ changes }) => changes.length === 1);
      expect(ear.changes).toEqual([change(7)]);
    });

    it('tells nothing more to somebody who no longer listens', async () => {
      const messages = connect();
      const [leaving, staying] = [hear(messages), hear(messages)];
      await staying.until(({ gaps }) => gaps() > 0);
      leaving.end();
      await messages.publish([change(1)]);
      await staying.until(({ changes }) => changes.length === 1);
      expect(leaving.changes).toEqual([]);
    });

    it('keeps the order in which one publisher told, with several telling at once', async () => {
      const ear = hear(connect());
      await ear.until(({ gaps }) => gaps() > 0);
      const tellers = ['one', 'two', 'three'].map((id) => ({ id, client: connect() }));
      await Promise.all(
        tellers.map(async ({ id, client }) => {
          for (let turn = 0; turn < 10; turn += 1) {
            const batch = Array.from({ length: 5 }, (_, index) => change(turn * 5 + index + 1, [id]));
            await client.publish(batch);
          }
        }),
      );
      await ear.until(({ changes }) => changes.length === 150);
      for (const { id } of tellers) {
        const heard = ear.changes.filter(({ ids }) => ids?.[0] === id).map(({ generation }) => Number(generation));
        expect(heard).toEqual(Array.from({ length: 50 }, (_, index) => index + 1));
      }
    });

    it('says that it can be reached', async () => {
      await expect(connect().check()).resolves.toBeUndefined();
    });

    it('publishes nothing when nothing changed', async () => {
      await expect(connect().publish([])).resolves.toBeUndefined();
    });
  });
};
