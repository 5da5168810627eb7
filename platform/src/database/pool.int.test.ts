import { afterEach, beforeEach, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.ts';
import { createPool } from './pool.ts';

let database: TestDatabase;
beforeEach(async () => {
  database = await createTestDatabase([]);
});
afterEach(() => database.drop());

it('outlives a connection that breaks in somebody’s hands', async () => {
  const pool = createPool({ url: database.url(), applicationName: 'test-broken' });
  const client = await pool.connect();
  const ended = new Promise((resolve) => client.once('end', resolve));

  await pool.query(
    "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'test-broken' and pid <> pg_backend_pid()",
  );
  await ended;

  await expect(client.query('select 1')).rejects.toThrow();
  client.release(true);
  expect((await pool.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
  await pool.end();
});
