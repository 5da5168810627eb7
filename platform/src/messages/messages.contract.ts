import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Messages, ReadTablesChanged } from './messages.ts';

/** What the suite needs of a server: clients of it, and a way to cut their connections. */
export type MessagesUnderTest = {
  /** A client, as a process of its own would have it. */
  create(): Messages;
  /** Cuts the connections on which the clients listen. */
  disconnectListeners(): Promise<void>;
};

type Heard = { readonly changes: ReadTablesChanged[]; readonly gaps: () => number; readonly end: () => void };

/** Collects what a subscriber hears; `until` resolves on the message that makes the condition true. */
const hear = (messages: Messages): Heard & { until(condition: (heard: Heard) => boolean): Promise<void> } => {
  const changes: ReadTablesChanged[] = [];
  const waiting = new Set<() => void>();
  let gaps = 0;
  const wake = (): void => {
    for (const check of [...waiting]) check();
  };
  const end = messages.subscribe({
    changed: (change) => {
      changes.push(change);
      wake();
    },
    gap: () => {
      gaps += 1;
      wake();
    },
  });
  const heard: Heard = { changes, gaps: () => gaps, end };
  const until = (condition: (heard: Heard) => boolean): Promise<void> =>
    new Promise((resolve) => {
      const check = (): void => {
        if (!condition(heard)) return;
        waiting.delete(check);
        resolve();
      };
      waiting.add(check);
      check();
    });
  return { ...heard, until };
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

    it('publishes nothing when nothing changed', async () => {
      await expect(connect().publish([])).resolves.toBeUndefined();
    });
  });
};
