import { setImmediate as turn } from 'node:timers/promises';
import { createPool } from '@ims/platform/database/pool';
import { eventLogMigrations } from '@ims/platform/event-log/migrations';
import { createTestDatabase, type TestDatabase } from '@ims/platform/testing/test-database';
import type pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createOneAtATime, type OneAtATime } from './one-at-a-time.ts';

let database: TestDatabase;
let pools: readonly pg.Pool[];
let processes: readonly OneAtATime[];

beforeAll(async () => {
  database = await createTestDatabase([...eventLogMigrations]);
  pools = [1, 2].map(() => createPool({ url: database.url('ims_command'), applicationName: 'test', max: 6 }));
  processes = pools.map(createOneAtATime);
});
afterAll(async () => {
  await Promise.all((pools ?? []).map((pool) => pool.end()));
  await database?.drop();
});

/** Work that notices whether it was alone, with a few looks at the database in between. */
const countingWork = (pool: pg.Pool | undefined) => {
  const seen = { inside: 0, most: 0, done: 0 };
  const work = async () => {
    seen.inside += 1;
    seen.most = Math.max(seen.most, seen.inside);
    await pool?.query('select 1');
    await turn();
    seen.inside -= 1;
    seen.done += 1;
  };
  return { seen, work };
};

it('work of one name never overlaps, in one process or in two', async () => {
  const { seen, work } = countingWork(pools[0]);
  const rounds = Array.from({ length: 12 }, () => processes.map((oneAtATime) => oneAtATime('administrators', work)));
  await Promise.all(rounds.flat());
  expect(seen).toEqual({ inside: 0, most: 1, done: 24 });
});

it('work of other names goes on beside it, and more of it than there are connections ends as well', async () => {
  const { seen, work } = countingWork(pools[0]);
  await Promise.all(Array.from({ length: 30 }, (_, at) => processes[0]?.(`invitation ${at}`, work)));
  expect(seen.done).toBe(30);
  expect(seen.most).toBeGreaterThan(1);
});

it('work that fails does not keep the next from starting', async () => {
  const [first, second] = processes;
  const broken = first?.('broken', () => Promise.reject(new Error('out of luck')));
  await expect(broken).rejects.toThrow('out of luck');
  expect(await second?.('broken', () => Promise.resolve('done'))).toBe('done');
});
