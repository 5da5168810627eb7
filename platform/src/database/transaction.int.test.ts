import type pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.ts';
import { createPool } from './pool.ts';
import { afterCommit, inTransaction } from './transaction.ts';

let database: TestDatabase;
let pool: pg.Pool;
beforeAll(async () => {
  database = await createTestDatabase([]);
  pool = createPool({ url: database.url(), applicationName: 'test', max: 2 });
  await pool.query('create table told (word text)');
});
afterAll(async () => {
  await pool?.end();
  await database?.drop();
});

it('a bell rings once, when what it tells of is there for everybody', async () => {
  const seen: Promise<number>[] = [];
  const words = async (): Promise<number> => (await pool.query('select from told')).rowCount ?? 0;
  const ring = () => void seen.push(words());
  const outcome = await inTransaction(pool, async (client) => {
    afterCommit(client, ring);
    await client.query(`insert into told values ('one')`);
    afterCommit(client, ring);
    return seen.length;
  });
  expect([outcome, await Promise.all(seen)]).toEqual([0, [1]]);
});

it('a bell stays silent for what was rolled back, and for whoever uses the connection next', async () => {
  const alone = createPool({ url: database.url(), applicationName: 'test', max: 1 });
  const rung: string[] = [];
  const failing = inTransaction(alone, async (client) => {
    afterCommit(client, () => void rung.push('rung'));
    await client.query('select 1 / 0');
  });
  await expect(failing).rejects.toThrow('division by zero');
  await inTransaction(alone, (client) => client.query('select 1'));
  expect(rung).toEqual([]);
  await alone.end();
});
