import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { createPool } from '../database/pool.ts';
import { createNaiveEventLog, insertNaively, naiveTable } from '../testing/naive-event-log.ts';
import { raceReader } from '../testing/reader-race.ts';
import { appendOf } from '../testing/stored-events.ts';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.ts';
import { sendAppends } from './append-statement.ts';
import { eventLogContract } from './event-log.contract.ts';
import { type EventLog, EventLogUnavailable } from './event-log.ts';
import { createPostgresKeyStore } from './keys.ts';
import { appendLock, eventLogMigrations } from './migrations.ts';
import { createPostgresEventLog } from './postgres-event-log.ts';

/** Takes places, stalls for some milliseconds, and every second time rolls back. */
const stallingTransaction = (pool: pg.Pool, write: (client: pg.PoolClient) => Promise<unknown>) => {
  let count = 0;
  return async (): Promise<void> => {
    count += 1;
    const client = await pool.connect();
    try {
      await client.query('begin');
      await write(client);
      await client.query('select pg_sleep($1)', [(count % 10) / 1000]);
      await client.query(count % 2 === 0 ? 'rollback' : 'commit');
    } finally {
      client.release();
    }
  };
};

eventLogContract('event log on PostgreSQL', async () => {
  const database = await createTestDatabase(eventLogMigrations);
  const url = database.url('ims_command');
  const logs: EventLog[] = [];
  const another = (): EventLog => {
    const log = createPostgresEventLog({ url });
    logs.push(log);
    return log;
  };
  const ownerPool = createPool({ url: database.url(), applicationName: 'test' });
  const append = (client: pg.PoolClient) =>
    sendAppends(client, [appendOf(`stall-${randomUUID()}`, 'no-stream', { count: 3 })]);
  return {
    log: another(),
    another,
    keyStore: createPostgresKeyStore(ownerPool),
    disturb: stallingTransaction(ownerPool, append),
    close: async () => {
      await Promise.all(logs.map((log) => log.close()));
      await ownerPool.end();
      await database.drop();
    },
  };
});

describe('the event log on PostgreSQL', () => {
  let database: TestDatabase;
  let owner: pg.Pool;
  let log: EventLog;
  beforeAll(async () => {
    database = await createTestDatabase(eventLogMigrations);
    owner = createPool({ url: database.url(), applicationName: 'test' });
    log = createPostgresEventLog({ url: database.url('ims_command'), applicationName: 'log-under-test' });
    await log.append(appendOf('note-first', 'no-stream'));
  });
  afterAll(async () => {
    await log?.close();
    await owner?.end();
    await database?.drop();
  });

  it('finds out a naive twin: with a plain sequence and no lock the reader loses events', async () => {
    await owner.query(naiveTable);
    const logs = Array.from({ length: 17 }, () => createNaiveEventLog(database.url()));
    const [reader = createNaiveEventLog(database.url()), ...writers] = logs;
    const disturb = stallingTransaction(owner, (client) =>
      client.query(insertNaively(appendOf(`stall-${randomUUID()}`, 'any', { count: 3 }))),
    );

    const result = await raceReader({ writers, reader, events: 20_000, disturb });

    await Promise.all(logs.map(({ close }) => close()));
    expect(result.skipped).toBeGreaterThan(0);
  }, 60_000);

  it.each([
    ['the same database', () => database.url()],
    ['another database', () => inject('adminUrl')],
  ])('does not let a reader wait for a foreign transaction left open in %s', async (_, url) => {
    const foreign = new pg.Client({ connectionString: url() });
    await foreign.connect();
    await foreign.query('begin');
    await foreign.query('create temporary table left_open (id integer)');

    const result = await log.append(appendOf(`note-${randomUUID()}`, 'no-stream'));
    const head = await log.headPosition();
    const seen = await log.readAll(head - 1n, 10);

    await foreign.end();
    expect(seen).toHaveLength(1);
    expect(result).toMatchObject({ outcome: 'appended', position: seen[0]?.position });
  });

  it.each([
    'update event_log.events set data = data',
    'delete from event_log.events',
    'truncate event_log.events',
    'delete from event_log.events where false',
    'set session_replication_role = replica; delete from event_log.events',
  ])('refuses even its owner: %s', async (statement) => {
    const client = new pg.Client({ connectionString: database.url() });
    await client.connect();
    await expect(client.query(statement)).rejects.toThrow('The event log is append-only');
    await client.end();
  });

  it.each([
    ['ims_command', 'update event_log.events set data = data'],
    ['ims_command', 'delete from key_store.keys'],
    ['ims_command', 'update key_store.keys set wrapped = null'],
    ['ims_projector', 'insert into event_log.epochs (epoch, reason) values (2, $$$$)'],
    ['ims_query', 'insert into key_store.keys (subject, master_key_id) values ($$a$$, $$b$$)'],
  ] as const)('gives %s no right to: %s', async (role, statement) => {
    const client = new pg.Client({ connectionString: database.url(role) });
    await client.connect();
    await expect(client.query(statement)).rejects.toThrow('permission denied');
    await client.end();
  });

  it('does not let the projector append', async () => {
    const reader = createPostgresEventLog({ url: database.url('ims_projector') });

    await expect(reader.append(appendOf('note-by-projector', 'any'))).rejects.toThrow(EventLogUnavailable);
    expect((await reader.readStream('note-first')).length).toBe(1);
    await reader.close();
  });

  it('wakes a reader within a second when the notice is lost', async () => {
    const url = database.url('ims_projector');
    const deaf = createPostgresEventLog({ url, listenUrl: 'postgres://nobody@127.0.0.1:1/none' });
    const head = await deaf.headPosition();
    const wait = deaf.waitPast(head, new AbortController().signal);
    await log.append(appendOf(`note-${randomUUID()}`, 'no-stream'));

    const started = Date.now();
    await wait;

    expect(Date.now() - started).toBeLessThan(1_500);
    expect(await deaf.headPosition()).toBeGreaterThan(head);
    await deaf.close();
  });

  it('hears notices again after its connection was cut', async () => {
    const url = database.url('ims_projector');
    const reader = createPostgresEventLog({ url, applicationName: 'cut-reader' });
    const { signal } = new AbortController();
    const listeners = async (): Promise<number> =>
      (await owner.query("select pid from pg_stat_activity where application_name = 'cut-reader-listen'")).rowCount ??
      0;
    await reader.waitPast(await reader.headPosition(), signal);
    await owner.query(
      "select pg_terminate_backend(pid, 5000) from pg_stat_activity where application_name = 'cut-reader-listen'",
    );
    while ((await listeners()) === 0) await reader.waitPast(await reader.headPosition(), signal);

    const head = await reader.headPosition();
    await log.append(appendOf(`note-${randomUUID()}`, 'no-stream'));
    await reader.waitPast(head, signal);

    expect(await reader.headPosition()).toBeGreaterThan(head);
    await reader.close();
  });

  it('writes an append once when its connection breaks while it waits', async () => {
    const stream = `note-${randomUUID()}`;
    const blocker = await owner.connect();
    await blocker.query('begin');
    await blocker.query('select pg_advisory_xact_lock($1)', [appendLock]);

    const append = log.append(appendOf(stream, 'no-stream', { count: 2 }));
    await cutWaitingAppend(owner);
    await blocker.query('commit');
    blocker.release();

    expect(await append).toMatchObject({ outcome: 'appended', revision: 1 });
    expect(await log.readStream(stream)).toHaveLength(2);
  });

  it('gives up an append that its caller gave up while it queued', async () => {
    const blocker = await owner.connect();
    await blocker.query('begin');
    await blocker.query('select pg_advisory_xact_lock($1)', [appendLock]);
    const stop = new AbortController();
    const stream = `note-${randomUUID()}`;
    const first = log.append(appendOf(`note-${randomUUID()}`, 'no-stream'));
    const queued = log.append(appendOf(stream, 'no-stream'), { signal: stop.signal });

    stop.abort(new Error('10 seconds are over'));

    await expect(queued).rejects.toThrow(EventLogUnavailable);
    await blocker.query('commit');
    blocker.release();
    await first;
    expect(await log.readStream(stream)).toEqual([]);
  });

  it('fails alone an append that cannot be stored, not those that travel with it', async () => {
    const stored = Array.from({ length: 5 }, () => appendOf(`note-${randomUUID()}`, 'no-stream'));
    const broken = appendOf(`note-${randomUUID()}`, 'no-stream', { data: '"\u0000"' });

    const results = await Promise.allSettled([...stored, broken].map((append) => log.append(append)));

    expect(results.map(({ status }) => status)).toEqual([...stored.map(() => 'fulfilled'), 'rejected']);
  });

  it('says that it is unavailable when its server is', async () => {
    const gone = createPostgresEventLog({ url: 'postgres://nobody@127.0.0.1:1/none' });

    await expect(gone.append(appendOf('note-lost', 'any'))).rejects.toThrow(EventLogUnavailable);
    await expect(gone.headPosition()).rejects.toThrow(EventLogUnavailable);
    await gone.close();
  });

  it('answers appends still under way before it closes, and refuses later ones', async () => {
    const closing = createPostgresEventLog({ url: database.url('ims_command') });
    const append = closing.append(appendOf(`note-${randomUUID()}`, 'no-stream'));

    await closing.close();

    expect(await append).toMatchObject({ outcome: 'appended' });
    await expect(closing.append(appendOf('note-late', 'any'))).rejects.toThrow(EventLogUnavailable);
  });
});

const cutWaitingAppend = async (owner: pg.Pool): Promise<void> => {
  const cut = `select pg_terminate_backend(pid, 5000) from pg_stat_activity
    where application_name = 'log-under-test' and wait_event_type = 'Lock'`;
  while ((await owner.query(cut)).rowCount === 0) await delay(5);
};
