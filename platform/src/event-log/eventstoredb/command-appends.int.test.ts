import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeOn, eventStore } from '../../testing/engines.ts';
import type { TestServer } from '../../testing/server-process.ts';
import { appendOf } from '../../testing/stored-events.ts';
import { createTestDatabase, type TestDatabase } from '../../testing/test-database.ts';
import { derivedUuid, timeOrderedUuid } from '../derived-ids.ts';
import { type Append, type EventLog, EventLogUnavailable } from '../event-log.ts';
import { eventLogMigrations } from '../migrations.ts';
import { setMarker } from './command-markers.ts';
import { type Connection, createConnection } from './connection.ts';
import { openEventStoreDbEventLog } from './eventstoredb-event-log.ts';

/** A node of its own where it can have one: there nobody else moves the head. */
const own = Boolean(process.env.EVENTSTORE_COMMAND);
const newStream = (): string => `note-${randomUUID()}`;
const newCommand = (): string => derivedUuid('user', randomUUID());

describeOn({ name: 'EventStoreDB', own }, 'commands on EventStoreDB', () => {
  let node: TestServer;
  let database: TestDatabase;
  let connection: Connection;
  let logs: readonly EventLog[];
  beforeAll(async () => {
    [node, database] = await Promise.all([eventStore({ own }), createTestDatabase(eventLogMigrations)]);
    connection = createConnection(node.url, 'commands');
    const options = { url: node.url, databaseUrl: database.url('ims_command'), applicationName: 'commands' };
    logs = await Promise.all([1, 2].map(() => openEventStoreDbEventLog(options)));
  }, 120_000);
  afterAll(async () => {
    await Promise.all((logs ?? []).map((log) => log.close()));
    await connection?.client.dispose();
    await node?.close();
    await database?.drop();
  });
  const [first, second] = [() => logAt(0), () => logAt(1)];
  const logAt = (place: number): EventLog => {
    const log = logs[place];
    if (!log) throw new Error('No log was opened.');
    return log;
  };

  it.each(['no-stream', 'any'] as const)(
    'writes a request once that reaches two processes ten times each at once, whatever it expects (%s)',
    async (expected) => {
      const append = appendOf(newStream(), expected, { commandId: newCommand(), count: 2 });

      const results = await Promise.all(
        Array.from({ length: 20 }, (_, number) => (number % 2 === 0 ? first() : second()).append(append)),
      );

      expect(results.filter(({ outcome }) => outcome === 'appended')).toHaveLength(1);
      expect(results.filter(({ outcome }) => outcome === 'repeated')).toHaveLength(19);
      expect(await first().readStream(append.stream)).toHaveLength(2);
    },
  );

  it('carries out a request whose process ended between its marker and its events', async () => {
    const append = appendOf(newStream(), 'no-stream', { commandId: newCommand() });
    const requestHash = append.events[0]?.metadata.requestHash ?? '';
    await setMarker(connection, append.commandId, { stream: append.stream, requestHash, after: -1 }, undefined);

    await first().append(append);

    expect(await second().append(append)).toMatchObject({ outcome: 'repeated', revision: 0 });
    expect(await first().readStream(append.stream)).toHaveLength(1);
  });

  it('does not let the same key do something else while the first request may be under way', async () => {
    const append = appendOf(newStream(), 'no-stream', { commandId: newCommand() });
    await setMarker(connection, append.commandId, { stream: newStream(), requestHash: 'other', after: -1 }, undefined);

    await expect(first().append(append)).rejects.toThrow(EventLogUnavailable);
    expect(await first().readStream(append.stream)).toEqual([]);
  });

  it('lets the same key try again elsewhere when its first try was a conflict', async () => {
    const taken = newStream();
    await first().append(appendOf(taken, 'no-stream'));
    const append = appendOf(taken, 'no-stream', { commandId: newCommand() });
    expect(await first().append(append)).toEqual({ outcome: 'conflict', actualRevision: 0 });

    expect(await first().append({ ...append, stream: newStream() })).toMatchObject({ outcome: 'appended' });
  });

  it('writes no marker for a request that cannot come again', async () => {
    const append = appendOf(newStream(), 'no-stream', { commandId: timeOrderedUuid() });
    await first().append(append);

    const markers = await eventsOfStream(connection, `command-${append.commandId}`);
    expect(markers).toBe(0);
  });

  it('shows markers and the server’s own events to nobody, and finds its head behind many of them', async () => {
    const before = await written(appendOf(newStream(), 'no-stream'));
    const intent = { stream: newStream(), requestHash: '', after: -1 };
    await Promise.all(Array.from({ length: 100 }, () => setMarker(connection, newCommand(), intent, undefined)));

    // Others may write to the node at the same time: heads and counts lie between what was there before and after.
    const seen = await first().readAll(before, 10_000);
    const heads = [await first().headPosition(), await second().headPosition()];
    const count = await first().countAfter(before, 10_000);
    const result = await written(appendOf(newStream(), 'no-stream'));
    const all = await first().readAll(before, 10_000);
    const positions = [before, ...all.map(({ position }) => position)];

    expect(heads.filter((head) => !positions.includes(head))).toEqual([]);
    expect(heads.every((head) => head < result)).toBe(true);
    expect(count).toBeGreaterThanOrEqual(seen.length);
    expect(count).toBeLessThan(all.length);
    expect(positions).toContain(result);
    expect(await first().headPosition()).toBeGreaterThanOrEqual(result);
    // What the server wrote when it started; on a node of others its oldest events may be anybody's.
    const oldest = own ? await first().readAll(0n, 1_000) : [];
    expect([...oldest, ...all].filter(({ stream }) => /^(\$|command-)/.test(stream))).toEqual([]);
  });

  const written = async (append: Append): Promise<bigint> => {
    const result = await second().append(append);
    if (result.outcome !== 'appended') throw new Error(result.outcome);
    return result.position;
  };
});

const eventsOfStream = async ({ client }: Connection, stream: string): Promise<number> => {
  let count = 0;
  try {
    for await (const _ of client.readStream(stream)) count += 1;
  } catch {
    // A stream that is not there.
  }
  return count;
};
