import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { NO_STREAM, START, WrongExpectedVersionError } from '@eventstore/db-client';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { describeOn, eventStore } from '../../testing/engines.ts';
import type { TestServer } from '../../testing/server-process.ts';
import { appendOf } from '../../testing/stored-events.ts';
import { startTcpProxy, type TcpProxy } from '../../testing/tcp-proxy.ts';
import { createTestDatabase, type TestDatabase } from '../../testing/test-database.ts';
import type { EventLog } from '../event-log.ts';
import { eventLogMigrations } from '../migrations.ts';
import { answerWithin, type Connection, createConnection } from './connection.ts';
import { openEventStoreDbEventLog } from './eventstoredb-event-log.ts';
import { appendExactly } from './exact-append.ts';
import { failureOf } from './failures.ts';
import { toEventData } from './stored-form.ts';

const eventsOf = (count = 1) =>
  appendOf('note', 'any', { count }).events.map((event) => toEventData(event, JSON.stringify(event.metadata)));
const newStream = (): string => `note-${randomUUID()}`;

/** What the client and the server do that one would not expect, and what the log makes of it. */
describeOn({ name: 'EventStoreDB', own: true }, 'surprises of the EventStoreDB client', () => {
  let node: TestServer;
  let database: TestDatabase;
  let proxy: TcpProxy;
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
    proxy = await startTcpProxy(Number(new URL(node.url).port));
    direct = createConnection(node.url, 'direct');
    proxied = createConnection(`esdb://127.0.0.1:${proxy.port}?tls=false`, 'proxied');
  });
  afterEach(async () => {
    await Promise.all([direct.client.dispose(), proxied.client.dispose()]);
    await proxy.close();
  });
  const open = (url = node.url): Promise<EventLog> =>
    openEventStoreDbEventLog({ url, databaseUrl: database.url('ims_command'), applicationName: 'surprised' });

  it('1: a subscription whose node died only says error and never comes back; another one goes on after it', async () => {
    const stream = newStream();
    await appendExactly(direct, { stream, after: -1, events: eventsOf() });
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
    proxy.cut();
    await until(() => told.length > 0);

    const next = eventsOf();
    await appendExactly(direct, { stream, after: 0, events: next });
    const again: string[] = [];
    const second = proxied.client.subscribeToAll({ fromPosition: last ?? START });
    second.on('data', ({ event }) => event?.streamId === stream && again.push(event.id));
    await until(() => again.length > 0);

    expect(again).toEqual([next[0]?.id]);
    expect({ told, ids: ids.length }).toEqual({ told: ['error'], ids: 1 });
    await second.unsubscribe();
  });

  it('2: the deadline of an append does not fire when the node hangs; one call per append, with credentials, has one', async () => {
    const [first, second] = [newStream(), newStream()];
    await appendExactly(direct, { stream: first, after: -1, events: eventsOf() });
    await direct.client.appendToStream(newStream(), eventsOf());
    node.stop();
    const outcome = (call: Promise<unknown>): Promise<string> =>
      Promise.race([
        call.then(
          () => 'confirmed',
          () => 'failed',
        ),
        delay(2_000, 'pending'),
      ]);
    const options = { deadline: 1_000 };
    const [shared, own] = [
      direct.client.appendToStream(second, eventsOf(), options),
      direct.client.appendToStream(first, eventsOf(), { ...options, credentials: { username: '', password: '' } }),
    ];

    const outcomes = await Promise.all([outcome(shared), outcome(own)]);
    node.resume();
    await Promise.allSettled([shared, own]);

    expect(outcomes).toEqual(['pending', 'failed']);
  }, 20_000);

  it('3: an append that failed may have been written: trying again writes it once', async () => {
    const stream = newStream();
    await appendExactly(proxied, { stream, after: -1, events: eventsOf() });
    proxy.swallowNextAnswer();

    const result = await appendExactly(proxied, { stream, after: 0, events: eventsOf(3) });

    expect(proxy.swallowed()).toBe(1);
    expect(result).toMatchObject({ outcome: 'written' });
    expect(await revisionsOf(direct, stream)).toEqual([0, 1, 2, 3]);
  });

  it('3: and when others appended in between, our events are found where we wanted them', async () => {
    const stream = newStream();
    await appendExactly(proxied, { stream, after: -1, events: eventsOf() });
    const mine = eventsOf(2);
    await appendExactly(direct, { stream, after: 0, events: mine });
    await appendExactly(direct, { stream, after: 2, events: eventsOf() });

    proxy.swallowNextAnswer();
    const result = await appendExactly(proxied, { stream, after: 0, events: mine });

    expect(result).toMatchObject({ outcome: 'written' });
    expect(await revisionsOf(direct, stream)).toEqual([0, 1, 2, 3]);
  });

  it('4: a node that is not there looks different from call to call, and is the same failure', async () => {
    const nobody = createConnection('esdb://127.0.0.1:1?tls=false', 'nobody');
    const errorOf = (call: Promise<unknown>): Promise<unknown> =>
      call.then(
        () => undefined,
        (error: unknown) => error,
      );

    const read = await errorOf(revisionsOf(nobody, 'note'));
    const append = await errorOf(nobody.client.appendToStream('note', eventsOf()));
    await nobody.client.dispose();

    expect([read, append].map((error) => Object.hasOwn(error as object, 'type'))).toEqual([true, false]);
    expect([read, append].map(failureOf)).toEqual(['later', 'later']);
    const stopping = Object.assign(new Error('13 INTERNAL: Received RST_STREAM with code 2'), { code: 13 });
    const starting = Object.assign(new Error('14 UNAVAILABLE: Server Is Not Ready'), { code: 14 });
    expect([stopping, starting].map(failureOf)).toEqual(['later', 'later']);
  });

  it('5: the error for a wrong revision says nothing; its fields do', async () => {
    const stream = newStream();
    await appendExactly(direct, { stream, after: -1, events: eventsOf(2) });
    const options = { expectedRevision: NO_STREAM } as const;
    const error: unknown = await direct.client.appendToStream(stream, eventsOf(), options).catch((cause) => cause);

    expect(error).toBeInstanceOf(WrongExpectedVersionError);
    expect(error).toMatchObject({ message: '', actualVersion: 1n, streamName: stream });
    expect(await appendExactly(direct, { stream, after: -1, events: eventsOf() })).toEqual({
      outcome: 'moved',
      actual: 1,
    });
  });

  it('6: an address with throwOnAppendFailure=false does not make a conflict look like a success', async () => {
    const log = await open(`${node.url}&throwOnAppendFailure=false`);
    const stream = newStream();
    await log.append(appendOf(stream, 'no-stream', { count: 2 }));

    expect(await log.append(appendOf(stream, 'no-stream'))).toEqual({ outcome: 'conflict', actualRevision: 1 });
    await log.close();
  });

  it('7: a read begins with the event at the position, a subscription after it', async () => {
    const stream = newStream();
    const result = await appendExactly(direct, { stream, after: -1, events: eventsOf(3) });
    if (result.outcome !== 'written' || result.position === undefined) throw new Error(result.outcome);
    const place = { commit: result.position, prepare: result.position };
    const read: bigint[] = [];
    for await (const { event } of direct.client.readAll({ fromPosition: place })) {
      if (event?.streamId === stream) read.push(event.revision);
    }
    const next = await appendExactly(direct, { stream, after: 2, events: eventsOf() });
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

  it('8: a node that is asked to stop still serves for a while; what it confirms then is kept', async () => {
    const stream = newStream();
    await appendExactly(direct, { stream, after: -1, events: eventsOf() });
    let after = 0;
    const stopped = node.end();
    const credentials = { username: '', password: '' };
    const failed = (async (): Promise<unknown> => {
      for (;;) {
        const options = { expectedRevision: BigInt(after), credentials };
        try {
          // A call may be left without an answer for ever, which is why each of ours has a deadline of its own.
          await answerWithin(4_000, () => direct.client.appendToStream(stream, eventsOf(), options));
          after += 1;
        } catch (error) {
          return error;
        }
      }
    })();
    expect(failureOf(await failed)).toBe('later');
    await stopped;
    await node.restart();

    const kept = (await untilDone(() => revisionsOf(direct, stream))).length;
    // The last one may have been written although it failed.
    expect([after + 1, after + 2]).toContain(kept);
  }, 60_000);

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

  it('10: one client’s broken connection does not fail the appends of another in the same process', async () => {
    const failures: unknown[] = [];
    let working = true;
    const append = async (connection: Connection, onError: (error: unknown) => void): Promise<void> => {
      const credentials = connection.credentials ?? { username: '', password: '' };
      while (working) await connection.client.appendToStream(newStream(), eventsOf(), { credentials }).catch(onError);
    };
    const work = [
      ...Array.from({ length: 4 }, () => append(direct, (error) => failures.push(error))),
      append(proxied, () => undefined),
    ];
    for (let count = 0; count < 10; count += 1) {
      proxy.cut();
      await delay(50);
    }
    working = false;
    await Promise.all(work);

    expect(failures).toEqual([]);
  });

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
});

const revisionsOf = async ({ client }: Connection, stream: string): Promise<number[]> => {
  const revisions: number[] = [];
  for await (const { event } of client.readStream(stream)) revisions.push(Number(event?.revision));
  return revisions;
};

const until = async (condition: () => boolean): Promise<void> => {
  while (!condition()) await delay(10);
};

const untilDone = async <Result>(work: () => Promise<Result>): Promise<Result> => {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (failureOf(error) !== 'later') throw error;
      await delay(50);
    }
  }
};
