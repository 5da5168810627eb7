import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeOn, eventStore } from '../../testing/engines.ts';
import type { TestServer } from '../../testing/server-process.ts';
import { appendOf } from '../../testing/stored-events.ts';
import { createTestDatabase, type TestDatabase } from '../../testing/test-database.ts';
import { timeOrderedUuid } from '../derived-ids.ts';
import { type EventLog, EventLogUnavailable, type LoggedEvent } from '../event-log.ts';
import { eventLogMigrations } from '../migrations.ts';
import { createConnection } from './connection.ts';
import { openEventStoreDbEventLog } from './eventstoredb-event-log.ts';
import { createNewestEvents } from './newest-events.ts';

/** From the moment the node is back until an append is confirmed again. */
const recoveryMs = 10_000;

describeOn({ name: 'EventStoreDB', own: true }, 'EventStoreDB under faults', () => {
  let node: TestServer;
  let database: TestDatabase;
  let log: EventLog;
  let reader: EventLog;
  const open = (applicationName: string): Promise<EventLog> =>
    openEventStoreDbEventLog({ url: node.url, databaseUrl: database.url('ims_command'), applicationName });
  beforeAll(async () => {
    [node, database] = await Promise.all([eventStore({ own: true }), createTestDatabase(eventLogMigrations)]);
    [log, reader] = await Promise.all([open('writer'), open('reader')]);
  }, 120_000);
  afterAll(async () => {
    await log?.close();
    await reader?.close();
    await node?.close();
    await database?.drop();
  });

  it.each([
    ['is killed and starts again', 500, () => node.kill(), () => node.restart()],
    ['is stopped and starts again', 500, () => node.end(), () => node.restart()],
    ['hangs for longer than an append is tried', 8_000, () => node.stop(), () => node.resume()],
  ])(
    'loses and doubles nothing when the node %s while 4 append and one reads',
    async (_, downMs, fault, recover) => {
      const written = new AbortController();
      const following = follow(reader, written.signal);
      const writers = Array.from({ length: 4 }, (_, number) => createWriter(log, number % 2 === 0));
      const working = writers.map(({ run }) => run());
      await until(() => writers.every(({ confirmed }) => confirmed.length >= 10));

      await fault();
      await delay(downMs);
      await recover();
      const back = performance.now();
      const before = writers.map(({ confirmed }) => confirmed.length);
      await until(() => writers.every(({ confirmed }, number) => confirmed.length >= (before[number] ?? 0) + 10));
      const recovery = performance.now() - back;
      for (const { stop } of writers) stop();
      await Promise.all(working);
      written.abort();

      const seen = await following;
      const stored = await readEverything(reader);
      const ids = stored.map(({ metadata }) => metadata.eventId);
      expect(new Set(ids).size).toBe(ids.length);
      expect(writers.flatMap(({ confirmed }) => confirmed).filter((id) => !ids.includes(id))).toEqual([]);
      expect(seen.map(({ metadata }) => metadata.eventId)).toEqual(ids);
      for (const { stream } of writers) {
        const revisions = (await reader.readStream(stream)).map(({ revision }) => revision);
        expect(revisions).toEqual(revisions.map((_, place) => place));
      }
      expect(recovery).toBeLessThan(recoveryMs);
    },
    90_000,
  );

  it('hears of new events again after the node was killed, without the poll', async () => {
    const connection = createConnection(node.url, 'hearing');
    const newest = createNewestEvents(connection, 600_000, undefined);
    const { signal } = new AbortController();
    const hear = async (): Promise<void> => {
      const head = await reader.headPosition();
      const heard = newest.waitPast(head, signal);
      await log.append(appendOf(`note-${randomUUID()}`, 'no-stream'));
      await heard;
    };
    await newest.waitPast(await reader.headPosition(), signal);
    await hear();

    await node.kill();
    await node.restart();
    await untilDone(() => log.append(appendOf(`note-${randomUUID()}`, 'no-stream')));

    await hear();
    await newest.close();
    await connection.client.dispose();
  }, 60_000);

  it('answers within seconds that it is unavailable while the node hangs, and goes on when it does', async () => {
    const stream = `note-${randomUUID()}`;
    const append = appendOf(stream, 'no-stream');
    node.stop();
    const started = performance.now();

    await expect(log.append(append)).rejects.toThrow(EventLogUnavailable);
    await expect(reader.headPosition()).rejects.toThrow(EventLogUnavailable);
    const waited = performance.now() - started;
    node.resume();
    await untilDone(() => log.append(append));

    expect(waited).toBeLessThan(25_000);
    expect(await reader.readStream(stream)).toHaveLength(1);
  }, 60_000);

  it('says that it is unavailable to whatever is asked of it while the node is away', async () => {
    await node.kill();
    const key = { subject: `person-${randomUUID()}`, masterKeyId: 'key', wrapped: Buffer.from('wrapped') };
    const created = { ...appendOf(`note-${randomUUID()}`, 'no-stream'), newKeys: [key] };
    const asked: Readonly<Record<string, () => Promise<unknown>>> = {
      'a creation with a new key': () => log.append({ ...created, commandId: timeOrderedUuid() }),
      'a keyed append to whatever is there': () => log.append(appendOf(`note-${randomUUID()}`, 'any')),
      'a keyed append to what exists': () => log.append(appendOf(`note-${randomUUID()}`, 'stream-exists')),
      'a stream': () => log.readStream('note'),
      'the whole log': () => log.readAll(0n, 1),
      'a count': () => log.countAfter(0n, 1),
      'the head': () => log.headPosition(),
    };

    const answers = await Promise.all(
      Object.entries(asked).map(async ([what, ask]) => {
        const error: unknown = await ask().catch((cause: unknown) => cause);
        return [what, error instanceof EventLogUnavailable && error.cause instanceof Error];
      }),
    );
    await node.restart();
    await untilDone(() => log.append(created));

    expect(answers).toEqual(Object.keys(asked).map((what) => [what, true]));
    expect(await log.readStream(created.stream)).toHaveLength(1);
  }, 60_000);

  it('opens while no node is there, and works as soon as there is one', async () => {
    await node.kill();
    const early = await open('early');
    await expect(early.headPosition()).rejects.toThrow(EventLogUnavailable);

    await node.restart();
    const stream = `note-${randomUUID()}`;
    await untilDone(() => early.append(appendOf(stream, 'no-stream')));

    expect(await early.readStream(stream)).toHaveLength(1);
    await early.close();
  }, 60_000);
});

/** Appends one event after the other to a stream of its own, each tried until it is confirmed. */
const createWriter = (log: EventLog, isKeyed: boolean) => {
  const stream = `note-${randomUUID()}`;
  const confirmed: string[] = [];
  let stopped = false;
  const run = async (): Promise<void> => {
    for (let revision = -1; !stopped; revision += 1) {
      const commandId = isKeyed ? randomUUID() : timeOrderedUuid();
      const append = appendOf(stream, revision === -1 ? 'no-stream' : revision, { commandId });
      const result = await untilDone(() => log.append(append));
      if (result.outcome === 'conflict') throw new Error(`${stream} is at ${result.actualRevision}, not ${revision}`);
      confirmed.push(append.events[0]?.metadata.eventId ?? '');
    }
  };
  const stop = (): void => {
    stopped = true;
  };
  return { stream, confirmed, run, stop };
};

const untilDone = async <Result>(work: () => Promise<Result>): Promise<Result> => {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof EventLogUnavailable)) throw error;
    }
  }
};

const until = async (condition: () => boolean): Promise<void> => {
  while (!condition()) await delay(10);
};

const follow = async (log: EventLog, written: AbortSignal): Promise<LoggedEvent[]> => {
  const seen: LoggedEvent[] = [];
  for (;;) {
    const position = seen.at(-1)?.position ?? 0n;
    const wasWritten = written.aborted;
    const batch = await untilDone(() => log.readAll(position, 100));
    seen.push(...batch);
    if (batch.length > 0) continue;
    if (wasWritten) return seen;
    await log.waitPast(position, written);
  }
};

const readEverything = async (log: EventLog): Promise<readonly LoggedEvent[]> => log.readAll(0n, 100_000);
