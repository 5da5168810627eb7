import { setTimeout as delay } from 'node:timers/promises';
import { NO_STREAM, WrongExpectedVersionError } from '@eventstore/db-client';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { describeOn, eventStore } from '../../testing/engines.ts';
import {
  type EventStoreWays,
  newEvents,
  newStream,
  openEventStoreWays,
  revisionsOf,
} from '../../testing/event-store-ways.ts';
import type { TestServer } from '../../testing/server-process.ts';
import { appendOf } from '../../testing/stored-events.ts';
import { createTestDatabase, type TestDatabase } from '../../testing/test-database.ts';
import type { EventLog } from '../event-log.ts';
import { eventLogMigrations } from '../migrations.ts';
import { answerWithin, type Connection } from './connection.ts';
import { openEventStoreDbEventLog } from './eventstoredb-event-log.ts';
import { appendExactly } from './exact-append.ts';
import { failureOf } from './failures.ts';

/** What the client and the server do that one would not expect, and what the log makes of it. */
describeOn({ name: 'EventStoreDB', own: true }, 'surprises of the EventStoreDB client at appends', () => {
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

  it('2: the deadline of an append does not fire when the node hangs; one call per append, with credentials, has one', async () => {
    const [first, second] = [newStream(), newStream()];
    await appendExactly(direct, { stream: first, after: -1, events: newEvents() });
    await direct.client.appendToStream(newStream(), newEvents());
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
      direct.client.appendToStream(second, newEvents(), options),
      direct.client.appendToStream(first, newEvents(), { ...options, credentials: { username: '', password: '' } }),
    ];

    const outcomes = await Promise.all([outcome(shared), outcome(own)]);
    node.resume();
    await Promise.allSettled([shared, own]);

    expect(outcomes).toEqual(['pending', 'failed']);
  }, 20_000);

  it('3: an append that failed may have been written: trying again writes it once', async () => {
    const stream = newStream();
    await appendExactly(proxied, { stream, after: -1, events: newEvents() });
    ways.swallowNextAnswer();

    const result = await appendExactly(proxied, { stream, after: 0, events: newEvents(3) });

    expect(ways.swallowed()).toBe(1);
    expect(result).toMatchObject({ outcome: 'written' });
    expect(await revisionsOf(direct, stream)).toEqual([0, 1, 2, 3]);
  });

  it('3: and when others appended in between, our events are found where we wanted them', async () => {
    const stream = newStream();
    await appendExactly(proxied, { stream, after: -1, events: newEvents() });
    const mine = newEvents(2);
    await appendExactly(direct, { stream, after: 0, events: mine });
    await appendExactly(direct, { stream, after: 2, events: newEvents() });

    ways.swallowNextAnswer();
    const result = await appendExactly(proxied, { stream, after: 0, events: mine });

    expect(result).toMatchObject({ outcome: 'written' });
    expect(await revisionsOf(direct, stream)).toEqual([0, 1, 2, 3]);
  });

  it('5: the error for a wrong revision says nothing; its fields do', async () => {
    const stream = newStream();
    await appendExactly(direct, { stream, after: -1, events: newEvents(2) });
    const options = { expectedRevision: NO_STREAM } as const;
    const error: unknown = await direct.client.appendToStream(stream, newEvents(), options).catch((cause) => cause);

    expect(error).toBeInstanceOf(WrongExpectedVersionError);
    expect(error).toMatchObject({ message: '', actualVersion: 1n, streamName: stream });
    expect(await appendExactly(direct, { stream, after: -1, events: newEvents() })).toEqual({
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

  it('8: a node that is asked to stop still serves for a while; what it confirms then is kept', async () => {
    const stream = newStream();
    await appendExactly(direct, { stream, after: -1, events: newEvents() });
    let after = 0;
    const stopped = node.end();
    const credentials = { username: '', password: '' };
    const failed = (async (): Promise<unknown> => {
      for (;;) {
        const options = { expectedRevision: BigInt(after), credentials };
        try {
          // A call may be left without an answer for ever, which is why each of ours has a deadline of its own.
          await answerWithin(4_000, () => direct.client.appendToStream(stream, newEvents(), options));
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

  it('10: one client’s broken connection does not fail the appends of another in the same process', async () => {
    const failures: unknown[] = [];
    let working = true;
    const append = async (connection: Connection, onError: (error: unknown) => void): Promise<void> => {
      const credentials = connection.credentials ?? { username: '', password: '' };
      while (working) await connection.client.appendToStream(newStream(), newEvents(), { credentials }).catch(onError);
    };
    const work = [
      ...Array.from({ length: 4 }, () => append(direct, (error) => failures.push(error))),
      append(proxied, () => undefined),
    ];
    for (let count = 0; count < 10; count += 1) {
      ways.proxy.cut();
      await delay(50);
    }
    working = false;
    await Promise.all(work);

    expect(failures).toEqual([]);
  });
});

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
