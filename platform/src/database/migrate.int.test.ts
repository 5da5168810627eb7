import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { afterEach, beforeEach, expect, inject, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.ts';
import { testMasterKey } from '../testing/test-master-key.ts';
import { assertDurable } from './assert-durable.ts';
import { assertMigrated, type Migration, migrate } from './migrate.ts';
import { createPool } from './pool.ts';
import { ensureRoles, serviceUrl } from './roles.ts';
import { inTransaction } from './transaction.ts';

const notes: Migration = {
  name: '0001-notes',
  up: (run) => run("create table notes (id bigint); insert into notes values (1); comment on table notes is 'why?'"),
};
const titles: Migration = { name: '0002-titles', up: (run) => run('alter table notes add column title text') };
const broken: Migration = {
  name: '0003-broken',
  up: (run) => run('create table half (id integer); select no_such_column from half'),
};

let database: TestDatabase;
let pool: pg.Pool;
beforeEach(async () => {
  database = await createTestDatabase([]);
  pool = createPool({ url: database.url(), applicationName: 'test' });
});
afterEach(async () => {
  await pool.end();
  await database.drop();
});

it('runs each migration once when many processes start at the same time', async () => {
  const runs = await Promise.all(Array.from({ length: 6 }, () => migrate(database.url(), [notes, titles])));

  expect(runs.flat()).toEqual(['0001-notes', '0002-titles']);
  expect((await pool.query('select id, title from notes')).rows).toEqual([{ id: 1n, title: null }]);
  expect((await pool.query("select obj_description('notes'::regclass) as comment")).rows).toEqual([
    { comment: 'why?' },
  ]);
});

it('goes on from where the last version stopped', async () => {
  await migrate(database.url(), [notes]);

  expect(await migrate(database.url(), [notes, titles])).toEqual(['0002-titles']);
  expect(await migrate(database.url(), [notes, titles])).toEqual([]);
});

it('refuses a database that a newer version has migrated', async () => {
  await migrate(database.url(), [notes, titles]);

  await expect(migrate(database.url(), [notes])).rejects.toThrow(
    'The database was made by a newer IMS (it has the migration 0002-titles)',
  );
  await expect(assertMigrated(pool, [notes])).rejects.toThrow('newer IMS');
});

it('lets a service start only on a database that is migrated', async () => {
  await migrate(database.url(), [notes]);

  await expect(assertMigrated(pool, [notes, titles])).rejects.toThrow('lacks the migration 0002-titles');
  await assertMigrated(pool, [notes]);
});

it('leaves nothing of an upgrade that fails, and can go on after it', async () => {
  await expect(migrate(database.url(), [notes, broken])).rejects.toThrow(
    'The migration 0003-broken failed: column "no_such_column" does not exist',
  );

  expect((await pool.query("select to_regclass('half') as half")).rows).toEqual([{ half: null }]);
  expect(await migrate(database.url(), [notes, titles])).toEqual(['0001-notes', '0002-titles']);
});

it('is not stopped by the lock of a process that was killed while it migrated', async () => {
  await migrate(database.url(), [notes]);
  await pool.query('update schema_migrations_lock set is_locked = 1');

  expect(await migrate(database.url(), [notes, titles])).toEqual(['0002-titles']);
});

it('lets several owners set up the roles of one server at once', async () => {
  await Promise.all(Array.from({ length: 6 }, () => ensureRoles(inject('adminUrl'), testMasterKey.bytes)));

  const client = new pg.Client({ connectionString: database.url('ims_query') });
  await client.connect();
  expect((await client.query('select current_user, current_setting($1) as limit', ['statement_timeout'])).rows).toEqual(
    [{ current_user: 'ims_query', limit: '3s' }],
  );
  await client.end();
});

it('lets no service in with a password from another master key', async () => {
  const url = serviceUrl(database.url(), 'ims_command', randomBytes(32));

  await expect(new pg.Client({ connectionString: url }).connect()).rejects.toThrow('password authentication failed');
});

it('refuses a server that may lose confirmed writes', async () => {
  const unsafe = createPool({ url: `${database.url()}?options=-c%20synchronous_commit=off`, applicationName: 'test' });

  await expect(assertDurable(unsafe)).rejects.toThrow('synchronous_commit = off');
  await assertDurable(pool);
  await unsafe.end();
});

it('keeps large numbers exact, alone and in lists', async () => {
  const { rows } = await pool.query(
    "select 9007199254740993::bigint as one, '{1,null,9007199254740993}'::bigint[] as many",
  );

  expect(rows).toEqual([{ one: 9007199254740993n, many: [1n, null, 9007199254740993n] }]);
});

it('undoes all of a transaction that fails', async () => {
  await migrate(database.url(), [notes]);

  const work = inTransaction(pool, async (client) => {
    await client.query('insert into notes values (2)');
    throw new Error('changed my mind');
  });

  await expect(work).rejects.toThrow('changed my mind');
  expect((await pool.query('select id from notes')).rows).toEqual([{ id: 1n }]);
});
