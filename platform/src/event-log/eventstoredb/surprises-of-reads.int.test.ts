import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { START } from '@eventstore/db-client';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { describeOn, eventStore } from '../../testing/engines.ts';
import {
  type EventStoreWays,
  newEvents,
  newStream,
  openEventStoreWays,
  revisionsOf,
  until,
} from '../../testing/event-store-ways.ts';
import type { TestServer } from '../../testing/server-process.ts';
import { appendOf } from '../../testing/stored-events.ts';
import { createTestDatabase, type TestDatabase } from '../../testing/test-database.ts';
import type { EventLog } from '../event-log.ts';
import { eventLogMigrations } from '../migrations.ts';
import { type Connection, createConnection } from './connection.ts';
import { openEventStoreDbEventLog } from './eventstoredb-event-log.ts';
import { appendExactly } from './exact-append.ts';
import { failureOf } from './failures.ts';

/** What the client and the server do that one would not expect, and what the log makes of it. */
describeOn(
  { name: 'EventStoreDB', own: true },
  'surprises of the EventStoreDB client at connections, reads and subscriptions',
  () => {
    let node: TestServer;
    let database: TestDatabase;
    let ways: EventStoreWays;
    let direct: Connection;
    let proxied: Connection;
    beforeAll(async () => {
      [node, database] = await Promise.all([eventStore({ own: true }), createTestDatabase(eventLogMigrations)]);
    }, 120_000);
    afterAll(async () => {
      await node?.close();
      await database?.drop();
    });
    beforeEach(async () => {
      ways = await openEventStoreWays(node);
      ({ direct, proxied } = ways);
    });
    afterEach(() => ways.close());
    const open = (url = node.url): Promise<EventLog> =>
      openEventStoreDbEventLog({ url, databaseUrl: database.url('ims_command'), applicationName: 'surprised' });

    it('1: a subscription whose node died only says error and never comes back; another one goes on after it', async () => {
      const stream = newStream();
      await appendExactly(direct, { stream, after: -1, events: newEvents() });
      const told: string[] = [];
      const subscription = proxied.client.subscribeToAll();
      const ids: string[] = [];
      let last: { commit: bigint; prepare: bigint } | undefined;
      for (const name of ['error', 'end', 'close'] as const) subscription.on(name, () => told.push(name));
      subscription.on('data', ({ event }) => {
        if (event?.streamId !== stream) return;
        ids.push(event.id);
        last = event.position;
      });
      await until(() => ids.length === 1);
      ways.proxy.cut();
      await until(() => told.length > 0);

      const next = newEvents();
      await appendExactly(direct, { stream, after: 0, events: next });
      const again: string[] = [];
      const second = proxied.client.subscribeToAll({ fromPosition: last ?? START });
      second.on('data', ({ event }) => event?.streamId === stream && again.push(event.id));
      await until(() => again.length > 0);

      expect(again).toEqual([next[0]?.id]);
      expect({ told, ids: ids.length }).toEqual({ told: ['error'], ids: 1 });
      await second.unsubscribe();
    });

    it('4: a node that is not there looks different from call to call, and is the same failure', async () => {
      const nobody = createConnection('esdb://127.0.0.1:1?tls=false', 'nobody');
      const errorOf = (call: Promise<unknown>): Promise<unknown> =>
        call.then(
          () => undefined,
          (error: unknown) => error,
        );

      const read = await errorOf(revisionsOf(nobody, 'note'));
      const append = await errorOf(nobody.client.appendToStream('note', newEvents()));
      await nobody.client.dispose();

      expect([read, append].map((error) => Object.hasOwn(error as object, 'type'))).toEqual([true, false]);
      expect([read, append].map(failureOf)).toEqual(['later', 'later']);
      const stopping = Object.assign(new Error('13 INTERNAL: Received RST_STREAM with code 2'), { code: 13 });
      const starting = Object.assign(new Error('14 UNAVAILABLE: Server Is Not Ready'), { code: 14 });
      expect([stopping, starting].map(failureOf)).toEqual(['later', 'later']);
    });

    it('7: a read begins with the event at the position, a subscription after it', async () => {
      const stream = newStream();
      const result = await appendExactly(direct, { stream, after: -1, events: newEvents(3) });
      if (result.outcome !== 'written' || result.position === undefined) throw new Error(result.outcome);
      const place = { commit: result.position, prepare: result.position };
      const read: bigint[] = [];
      for await (const { event } of direct.client.readAll({ fromPosition: place })) {
        if (event?.streamId === stream) read.push(event.revision);
      }
      const next = await appendExactly(direct, { stream, after: 2, events: newEvents() });
      const subscribed: bigint[] = [];
      const subscription = direct.client.subscribeToAll({ fromPosition: place });
      subscription.on('data', ({ event }) => event?.streamId === stream && subscribed.push(event.revision));
      await until(() => subscribed.length > 0);
      await subscription.unsubscribe();

      expect({ read, subscribed }).toEqual({ read: [2n], subscribed: [3n] });
      const log = await open();
      if (next.outcome !== 'written') throw new Error(next.outcome);
      expect((await log.readAll(result.position, 10)).map(({ revision }) => revision)).toEqual([3]);
      await log.close();
    });

    it('9: a process that opened a log ends by itself when the log is closed', async () => {
      const module = new URL('./eventstoredb-event-log.ts', import.meta.url).href;
      const options = { url: node.url, databaseUrl: database.url('ims_command'), applicationName: 'ending' };
      const script = `import { openEventStoreDbEventLog } from ${JSON.stringify(module)};
      const log = await openEventStoreDbEventLog(${JSON.stringify(options)});
      const stop = new AbortController();
      const waiting = log.waitPast(await log.headPosition(), stop.signal);
      await log.epoch();
      await log.close();
      await waiting;`;

      const run = promisify(execFile)(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], {
        timeout: 20_000,
      });

      await expect(run).resolves.toMatchObject({ stderr: '' });
    }, 30_000);

    it('11: order and time of an event come from its position and from us, never from the server’s clock', async () => {
      const log = await open();
      const stream = newStream();
      await log.append(appendOf(stream, 'no-stream', { count: 2 }));

      const [first, second] = await log.readStream(stream);

      expect(first?.metadata.occurredAt).toBe('2026-03-15T09:30:00.000Z');
      expect(first && second && first.position < second.position).toBe(true);
      expect(first).not.toHaveProperty('created');
      await log.close();
    });
  },
);
