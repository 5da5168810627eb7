import { randomUUID } from 'node:crypto';
import { securityStream } from '@ims/contracts/ids';
import { createPool } from '@ims/platform/database/pool';
import { inTransaction } from '@ims/platform/database/transaction';
import { createCodec } from '@ims/platform/event-log/codec';
import { type EventLog, EventLogUnavailable } from '@ims/platform/event-log/event-log';
import { createPostgresKeyStore } from '@ims/platform/event-log/keys';
import { masterKeyFromBytes } from '@ims/platform/event-log/master-key';
import { eventLogMigrations } from '@ims/platform/event-log/migrations';
import { createPostgresEventLog } from '@ims/platform/event-log/postgres-event-log';
import { createLogger } from '@ims/platform/observability/logger';
import { securityMigrations } from '@ims/platform/security-events/migrations';
import { createSecurityInbox, nobody, type SecurityInbox } from '@ims/platform/security-events/security-inbox';
import { createTestDatabase, type TestDatabase } from '@ims/platform/testing/test-database';
import { testMasterKey } from '@ims/platform/testing/test-master-key';
import type pg from 'pg';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { startBackgroundWork } from '../background-work.ts';
import { createSecurityDrain } from './append-security-events.ts';

let database: TestDatabase;
let owner: pg.Pool;
let pool: pg.Pool;
let log: EventLog;
let inbox: SecurityInbox;

beforeAll(async () => {
  database = await createTestDatabase([...eventLogMigrations, ...securityMigrations]);
  owner = createPool({ url: database.url(), applicationName: 'test-owner' });
  pool = createPool({ url: database.url('ims_command'), applicationName: 'test-drain', pipeline: true });
  log = createPostgresEventLog({ url: database.url('ims_command') });
  inbox = createSecurityInbox({ pool, masterKey: testMasterKey });
});
beforeEach(() => owner.query('delete from security.inbox'));
afterAll(async () => {
  await log?.close();
  await Promise.all([pool?.end(), owner?.end()]);
  await database?.drop();
});

const logger = createLogger({ component: 'test', level: 'info' });
/** As another process would have it: a codec that knows no keys yet. */
const createProcess = (through: EventLog = log) => {
  const codec = createCodec({ keyStore: createPostgresKeyStore(pool), masterKey: testMasterKey });
  return { ...createSecurityDrain({ pool, log: through, codec, inbox, logger }), codec };
};
const reader = () => createProcess().codec;

let day = 0;
/** A day that no other test writes to. */
const newDay = (): string => new Date(Date.UTC(2030, 0, ++day, 12)).toISOString();
const signInOf = (name: string, occurredAt: string) => ({
  event: {
    type: 'SignInFailed' as const,
    data: {
      userId: null,
      method: 'password' as const,
      reason: 'unknown' as const,
      name,
      ip: '192.0.2.7',
      userAgent: 'Browser',
    },
  },
  actorId: nobody,
  correlationId: 'call-1',
  occurredAt,
});
const recordMany = async (count: number, occurredAt: string): Promise<void> => {
  await Promise.all(Array.from({ length: count }, (_none, at) => inbox.record(signInOf(`name ${at}`, occurredAt))));
};
const namesOf = async (at: string): Promise<string[]> => {
  const events = await reader().openAll(await log.readStream(securityStream(at)));
  return events.flatMap((event) => (event.type === 'SignInFailed' ? [event.data.name] : []));
};
const waiting = async (): Promise<number> => (await owner.query('select from security.inbox')).rowCount ?? 0;
const drainAll = async (drain: { round(): Promise<string> }): Promise<string> => {
  for (;;) {
    const round = await drain.round();
    if (round !== 'more') return round;
  }
};

it('brings every report into the stream of its day, sealed, with who and which call', async () => {
  const at = newDay();
  const siteId = randomUUID();
  await inbox.record({ ...signInOf('emilie', at), siteId, correlationId: 'c'.repeat(300) });
  await inbox.record(signInOf('x'.repeat(900), at));
  expect(await createProcess().round()).toBe('idle');
  const stored = await log.readStream(securityStream(at));
  expect(stored[0]?.metadata).toMatchObject({
    actorId: nobody,
    siteId,
    occurredAt: at,
    correlationId: 'c'.repeat(128),
  });
  expect(stored.map(({ data }) => data).join()).not.toMatch(/emilie|192\.0\.2\.7/);
  expect(await namesOf(at)).toEqual(['emilie', 'x'.repeat(200)]);
  expect(await waiting()).toBe(0);
});

it('loses and doubles nothing when two processes drain at once and both make the day’s key', async () => {
  const at = newDay();
  await recordMany(300, at);
  await Promise.all([drainAll(createProcess()), drainAll(createProcess()), drainAll(createProcess())]);
  while ((await waiting()) > 0) await drainAll(createProcess());
  const names = await namesOf(at);
  expect([names.length, new Set(names).size]).toEqual([300, 300]);
});

it('appends once what a process appended that was killed before it could delete', async () => {
  const at = newDay();
  await recordMany(5, at);
  const killed: EventLog = {
    ...log,
    append: async (append) => {
      const result = await log.append(append);
      await owner.query(
        `select pg_terminate_backend(pid) from pg_stat_activity
         where application_name = 'test-drain' and state = 'idle in transaction'`,
      );
      return result;
    },
  };
  await expect(createProcess(killed).round()).rejects.toThrow();
  expect([await waiting(), (await namesOf(at)).length]).toEqual([5, 5]);
  expect(await createProcess().round()).toBe('idle');
  expect([await waiting(), (await namesOf(at)).length]).toEqual([0, 5]);
});

it('keeps everything while the log is away', async () => {
  const at = newDay();
  await recordMany(3, at);
  const away: EventLog = { ...log, append: () => Promise.reject(new EventLogUnavailable('Away')) };
  expect(await createProcess(away).round()).toBe('later');
  expect(await waiting()).toBe(3);
  expect(await createProcess().round()).toBe('idle');
  expect(await namesOf(at)).toHaveLength(3);
});

it('leaves aside what another master key sealed, and goes on with the rest', async () => {
  const at = newDay();
  const foreign = createSecurityInbox({ pool, masterKey: masterKeyFromBytes(Buffer.alloc(32, 'another')) });
  for (let row = 0; row < 120; row += 1) await foreign.record(signInOf('foreign', at));
  await recordMany(2, at);
  const left: number[] = [];
  const { codec } = createProcess();
  const drain = createSecurityDrain({ pool, log, codec, inbox, logger, leftAside: (count) => left.push(count) });
  expect(await drainAll(drain)).toBe('idle');
  expect([await namesOf(at), await waiting(), left.at(-1)]).toEqual([['name 0', 'name 1'], 120, 120]);
});

it('is told of a report that belongs to a change once the change is there, and not of one that came to nothing', async () => {
  const at = newDay();
  const work = startBackgroundWork({ name: 'test', round: createProcess().round, pollMs: 60_000, logger });
  const bell = createSecurityInbox({ pool, masterKey: testMasterKey, recorded: work.wake });
  const report = signInOf('emilie', at);
  await expect(
    inTransaction(pool, async (client) => {
      await bell.record(signInOf('nobody', at), client);
      throw new Error('It came to nothing');
    }),
  ).rejects.toThrow('It came to nothing');
  await inTransaction(pool, (client) => bell.record(report, client));
  await expect.poll(() => namesOf(at), { timeout: 5_000, interval: 20 }).toEqual(['emilie']);
  await work.stop();
});

it('drains 1,000 reports in seconds, and at once when it is told of one', { timeout: 30_000 }, async () => {
  const at = newDay();
  await recordMany(1_000, at);
  const work = startBackgroundWork({ name: 'test', round: createProcess().round, pollMs: 60_000, logger });
  await expect.poll(waiting, { timeout: 10_000, interval: 50 }).toBe(0);
  await recordMany(1, at);
  work.wake();
  await expect.poll(waiting).toBe(0);
  await work.stop();
  expect(await namesOf(at)).toHaveLength(1_001);
});
