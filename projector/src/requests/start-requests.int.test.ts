import { randomUUID } from 'node:crypto';
import { refusal } from '@ims/contracts/error-codes';
import { createPool } from '@ims/platform/database/pool';
import { eventLogMigrations } from '@ims/platform/event-log/migrations';
import { Overloaded } from '@ims/platform/http/unavailable';
import { createLogger } from '@ims/platform/observability/logger';
import { operationsMigrations } from '@ims/platform/operations/migrations';
import { readDifferences, readRequest } from '@ims/platform/operations/read-requests';
import { createTestDatabase, type TestDatabase } from '@ims/platform/testing/test-database';
import type pg from 'pg';
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import { readMigrations } from '../migrations.ts';
import { createGate } from '../testing/gate.ts';
import type { SettlingProjection } from './run-request.ts';
import { type Requests, type RequestsOptions, startRequests } from './start-requests.ts';

let database: TestDatabase;
let admin: pg.Pool;
let pool: pg.Pool;
let started: Requests[] = [];

beforeAll(async () => {
  database = await createTestDatabase([...eventLogMigrations, ...operationsMigrations, ...readMigrations]);
  admin = createPool({ url: database.url(), applicationName: 'test-owner' });
  pool = createPool({ url: database.url('ims_projector'), applicationName: 'test-projector' });
});
afterEach(async () => {
  await Promise.all(started.map((requests) => requests.stop()));
  started = [];
  await admin.query('delete from operations.differences');
  await admin.query('delete from operations.requests');
  await admin.query('delete from read.dead_letters');
  await admin.query('delete from read.projection_checkpoints');
});
afterAll(async () => {
  await Promise.all([pool?.end(), admin?.end()]);
  await database?.drop();
});

type TestedOperations = RequestsOptions['operations'];

const answerOf = (what: string) => () => Promise.resolve(`${what} done`);
const plainOperations: TestedOperations = {
  rebuild: answerOf('rebuild'),
  pause: answerOf('pause'),
  resume: answerOf('resume'),
  switchTo: answerOf('switch'),
  rollback: answerOf('rollback'),
  versionMeant: () => Promise.resolve(undefined),
  drop: answerOf('drop'),
  verify: (projection) => Promise.resolve({ projection, version: 1, position: 9n, differences: [] }),
};

const start = (
  operations: Partial<TestedOperations> = {},
  more: { readonly owner?: string; readonly running?: readonly SettlingProjection[] } = {},
): Requests => {
  const requests = startRequests({
    pool,
    operations: { ...plainOperations, ...operations },
    running: () => more.running ?? [],
    logger: createLogger({ component: 'test', level: 'silent' }),
    owner: more.owner ?? randomUUID(),
  });
  started.push(requests);
  return requests;
};

const ask = async (
  operation: string,
  projection = 'interactions',
  more: { readonly siteId?: string; readonly deadLetterId?: string; readonly secondsAgo?: number } = {},
): Promise<string> => {
  const id = randomUUID();
  await admin.query(
    `insert into operations.requests (id, operation, projection, site_id, dead_letter_id, requested_at)
     values ($1, $2, $3, $4, $5, clock_timestamp() - $6 * interval '1 second')`,
    [id, operation, projection, more.siteId ?? null, more.deadLetterId ?? null, more.secondsAgo ?? 0],
  );
  return id;
};

const request = async (id: string) => {
  const found = await readRequest(admin, id);
  if (!found) throw new Error('There is no such request');
  return found;
};

const ended = (id: string) =>
  vi.waitFor(
    async () => {
      const found = await request(id);
      expect(found.finishedAt).not.toBeNull();
      return { state: found.state, answer: found.answer };
    },
    { timeout: 8_000, interval: 50 },
  );

it('carries out what was asked and answers in a sentence, a refusal included', async () => {
  start({ rollback: () => Promise.resolve(refusal('CONFLICT', 'There is nothing to go back to')) });
  expect(await ended(await ask('pause'))).toEqual({ state: 'done', answer: 'pause done' });
  expect(await ended(await ask('rollback'))).toEqual({ state: 'refused', answer: 'There is nothing to go back to' });
});

it('says that something went wrong and tries again what only needs time', async () => {
  let tries = 0;
  start({
    pause: () => Promise.reject(new Error('no such column')),
    resume: () => {
      tries += 1;
      return tries === 1 ? Promise.reject(new Overloaded('later')) : Promise.resolve('Resumed');
    },
  });
  expect(await ended(await ask('pause'))).toEqual({ state: 'failed', answer: 'It failed: no such column' });
  expect(await ended(await ask('resume', 'users'))).toEqual({ state: 'done', answer: 'Resumed' });
  expect(tries).toBe(2);
});

it('says nothing of what stood in a record when the database refused a value of it', async () => {
  start({ pause: () => pool.query(`select 'Jane Doe'::int`).then(() => 'Paused') });
  const { state, answer } = await ended(await ask('pause'));
  expect({ state, answer }).toEqual({
    state: 'failed',
    answer: expect.stringMatching(/^It failed: The database refused a value: SQLSTATE 22P02/),
  });
});

it('lets several projectors share the work: each request is carried out once', async () => {
  const carriedOut: string[] = [];
  const pause: TestedOperations['pause'] = async (name) => {
    carriedOut.push(name);
    return 'Paused';
  };
  const ids = await Promise.all(Array.from({ length: 20 }, (_, index) => ask('pause', `p${index}`)));
  for (let count = 0; count < 3; count += 1) start({ pause });
  await Promise.all(ids.map(ended));
  expect(carriedOut.sort()).toEqual(ids.map((_, index) => `p${index}`).sort());
});

it('pauses beside a rebuild, but never rebuilds a projection twice at a time', async () => {
  const gate = createGate();
  let atOnce = 0;
  let most = 0;
  const rebuild = async () => {
    atOnce += 1;
    most = Math.max(most, atOnce);
    await gate.opened;
    atOnce -= 1;
    return 'Rebuilt';
  };
  start({ rebuild });
  start({ rebuild });
  const [first, second] = [await ask('rebuild'), await ask('rebuild')];
  await vi.waitFor(async () => expect((await request(first)).state).toBe('running'));
  expect(await ended(await ask('pause'))).toMatchObject({ state: 'done' });
  expect((await request(second)).state).toBe('waiting');
  gate.open();
  await Promise.all([ended(first), ended(second)]);
  expect(most).toBe(1);
});

it('takes a request for all projections apart and puts the answers together', async () => {
  start({ pause: (name) => Promise.resolve(name === 'users' ? refusal('CONFLICT', 'Paused already') : 'Paused') });
  const { state, answer } = await ended(await ask('pause', 'all'));
  expect(state).toBe('refused');
  expect(answer?.split('\n')).toEqual([
    'interactions: Paused',
    'statistics: Paused',
    'suggestions: Paused',
    'access: Paused',
    'users: Paused already',
  ]);
});

it('rebuilds for one site only what is kept by site', async () => {
  start();
  const { answer } = await ended(await ask('rebuild', 'all', { siteId: randomUUID() }));
  expect(answer).toBe('interactions: rebuild done\nstatistics: rebuild done\nsuggestions: rebuild done');
});

it('takes over from a projector that died, not from one that is alive', async () => {
  const [dead, alive] = [await ask('rebuild'), await ask('rebuild', 'users')];
  const takenBy = (id: string, secondsAgo: number) =>
    admin.query(
      `update operations.requests set state = 'running', taken_by = $2,
       taken_at = clock_timestamp() - $3 * interval '1 second' where id = $1`,
      [id, randomUUID(), secondsAgo],
    );
  await Promise.all([takenBy(dead, 16), takenBy(alive, 5)]);
  start();
  expect(await ended(dead)).toEqual({ state: 'done', answer: 'rebuild done' });
  expect((await request(alive)).state).toBe('running');
});

it('says that it is alive while a rebuild runs, and leaves the rebuild to the next when it stops', async () => {
  const rebuild: TestedOperations['rebuild'] = (_name, _options, _tell, signal) =>
    new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
  const first = start({ rebuild });
  const id = await ask('rebuild');
  const takenAt = async () => {
    const { rows } = await admin.query('select taken_at from operations.requests where id = $1', [id]);
    return rows[0]?.taken_at as Date | null;
  };
  await vi.waitFor(async () => expect(await takenAt()).not.toBeNull());
  const began = await takenAt();
  await vi.waitFor(async () => expect(await takenAt()).not.toEqual(began), { timeout: 4_000, interval: 100 });
  await first.stop();
  expect((await request(id)).state).toBe('waiting');
  start();
  expect(await ended(id)).toEqual({ state: 'done', answer: 'rebuild done' });
});

const park = async (leader: string | undefined): Promise<string> => {
  const id = randomUUID();
  await admin.query(
    `insert into read.dead_letters (id, projection, version, stream, position, revision, event_id, event_type, error)
     values ($1, 'interactions', 1, $2, 7, 0, $1, 'InteractionCreated', 'broken')`,
    [id, `interaction-${id}`],
  );
  await admin.query(
    `insert into read.projection_checkpoints (projection, version, owner, lease_expires_at)
     values ('interactions', 1, $1, case when $1::uuid is not null then clock_timestamp() + interval '1 minute' end)`,
    [leader ?? null],
  );
  return id;
};

const settling = (settled: string[]): SettlingProjection => ({
  status: () => ({ name: 'interactions', version: 1 }),
  settle: (id, how) => {
    settled.push(`${how} ${id}`);
    return Promise.resolve('resolved' as const);
  },
});

it('leaves a dead letter to the projector that leads its projection', async () => {
  const leader = randomUUID();
  const byLeader: string[] = [];
  const byOther: string[] = [];
  const deadLetterId = await park(leader);
  start({}, { running: [settling(byOther)] });
  const id = await ask('retry-dead-letter', 'interactions', { deadLetterId, secondsAgo: 60 });
  expect(await ended(await ask('pause'))).toMatchObject({ state: 'done' });
  expect((await request(id)).state).toBe('waiting');
  start({}, { owner: leader, running: [settling(byLeader)] });
  expect(await ended(id)).toEqual({ state: 'done', answer: 'The record is current again' });
  expect([byLeader, byOther]).toEqual([[`retry ${deadLetterId}`], []]);
});

it('says so when nobody leads the projection of a dead letter', async () => {
  const deadLetterId = await park(undefined);
  start();
  const id = await ask('skip-dead-letter', 'interactions', { deadLetterId, secondsAgo: 11 });
  const { state, answer } = await ended(id);
  expect(state).toBe('refused');
  expect(answer).toMatch(/Nobody projects interactions version 1: resume it/);
});

it('keeps every row that a verification found to differ', async () => {
  const found = ['a', 'b', 'c', 'd'].map((id) => ({
    table: 'interactions',
    key: { site_id: 's', id },
    difference: 'missing' as const,
  }));
  start({
    verify: (projection, { tell }) => {
      tell?.(3, 9);
      return Promise.resolve({ projection, version: 2, position: 9n, differences: found });
    },
  });
  const id = await ask('verify');
  const { state, answer } = await ended(id);
  expect(state).toBe('done');
  expect(answer).toBe(
    'interactions version 2, compared up to position 9: 4 rows differ: interactions site_id=s id=a missing; interactions site_id=s id=b missing; interactions site_id=s id=c missing; and 1 more',
  );
  expect((await request(id)).progress).toEqual({ done: 3, total: 9 });
  expect(await readDifferences(admin, [id])).toEqual(
    found.map((one) => ({ projection: 'interactions', version: 2, ...one })),
  );
});
