import { createTestDatabase, type TestDatabase } from '@ims/platform/testing/test-database';
import { projections } from '@ims/projector/projections';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { allMigrations } from '../launcher/database.ts';
import { untilProjected } from './until-projected.ts';

let database: TestDatabase;
let owner: pg.Client;

beforeAll(async () => {
  database = await createTestDatabase(allMigrations);
  owner = new pg.Client({ connectionString: database.url() });
  await owner.connect();
});
afterAll(async () => {
  await owner.end();
  await database.drop();
});

it('waits for projections that lag, says which, and not for one that has stopped', async () => {
  await owner.query('delete from read.projection_checkpoints');
  for (const name of new Set(projections.map((projection) => projection.name))) {
    await owner.query(
      `insert into read.projection_checkpoints (projection, version, position, stopped) values ($1, 1, $2, $3)`,
      [name, name === 'users' || name === 'access' ? 3 : 9, name === 'users'],
    );
  }
  const said: string[] = [];
  const say = (text: string): void => {
    said.push(text.trim());
    void owner.query(`update read.projection_checkpoints set position = 9 where projection = 'access'`);
  };
  const waiting = { signal: new AbortController().signal, say, tellAfterMs: 0 };
  expect(await untilProjected(database.url(), 9n, waiting)).toEqual(['users']);
  expect(said[0]).toBe('Still waiting for the projections access');
});
