import pg from 'pg';
import { assertSuitableServer } from './assert-durable.ts';

/** Runs SQL (several statements allowed) inside the migration's transaction. */
export type RunSql = (sql: string) => Promise<void>;

/** One step forward of the schema; `name` orders nothing and never changes once released. */
export type Migration = { readonly name: string; readonly up: (run: RunSql) => Promise<void> };

const migrateLock = 7_305_196_242;
const table = 'schema_migrations';

/**
 * Brings the database up to the last migration of the list and returns the names of those that ran. Safe to call
 * from many processes at once: one works, the others wait and find nothing left to do. What is pending runs in one
 * transaction: all of it or nothing.
 * Throws one sentence when the server is unsuitable or the database knows migrations that are not in the list.
 */
export const migrate = async (url: string, migrations: readonly Migration[]): Promise<readonly string[]> => {
  const client = new pg.Client({ connectionString: url, application_name: 'ims-migrate' });
  await client.connect();
  try {
    await assertSuitableServer(client);
    await client.query('select pg_advisory_lock($1)', [migrateLock]);
    const pending = await pendingMigrations(client, migrations);
    if (pending.length > 0) await runPending(url, migrations);
    return pending;
  } finally {
    await client.end();
  }
};

/** Thrown while the database lacks a migration; somebody may be running it just now. */
export class MigrationPending extends Error {
  override readonly name = 'MigrationPending';
}

/**
 * Throws one sentence unless the database has exactly the migrations of the list: for services that do not migrate.
 * `MigrationPending` when one is missing, another error when the database was made by a newer IMS.
 */
export const assertMigrated = async (pool: pg.Pool, migrations: readonly Pick<Migration, 'name'>[]): Promise<void> => {
  const pending = await pendingMigrations(pool, migrations);
  if (pending.length === 0) return;
  throw new MigrationPending(
    `The database lacks the migration ${pending[0]}: run the migrations before starting this service.`,
  );
};

const pendingMigrations = async (
  client: pg.Client | pg.Pool,
  migrations: readonly Pick<Migration, 'name'>[],
): Promise<readonly string[]> => {
  const applied = await appliedMigrations(client);
  const known = new Set(migrations.map(({ name }) => name));
  const unknown = applied.find((name) => !known.has(name));
  if (unknown) {
    throw new Error(`The database was made by a newer IMS (it has the migration ${unknown}): start that version.`);
  }
  return migrations.map(({ name }) => name).filter((name) => !applied.includes(name));
};

const appliedMigrations = async (client: pg.Client | pg.Pool): Promise<readonly string[]> => {
  const found = await client.query<{ there: boolean }>('select to_regclass($1) is not null as there', [
    `public.${table}`,
  ]);
  if (!found.rows[0]?.there) return [];
  const { rows } = await client.query<{ name: string }>(`select name from public.${table} order by id`);
  return rows.map(({ name }) => name);
};

const runPending = async (url: string, migrations: readonly Migration[]): Promise<void> => {
  const { default: knex } = await import('knex');
  const database = knex({ client: 'pg', connection: url, pool: { min: 0, max: 2 }, log: silent });
  const config = {
    tableName: table,
    schemaName: 'public',
    migrationSource: {
      getMigrations: () => Promise.resolve([...migrations]),
      getMigrationName: ({ name }: Migration) => name,
      getMigration: (migration: Migration) => Promise.resolve(toKnex(migration)),
    },
  };
  try {
    // Knex's own lock outlives a killed process; ours cannot, and we hold it.
    await database.migrate.forceFreeMigrationsLock(config);
    await database.migrate.latest(config);
  } finally {
    await database.destroy();
  }
};

/** What knex would print is in the error it throws. */
const silent = { warn: () => undefined, error: () => undefined, debug: () => undefined, deprecate: () => undefined };

type KnexTransaction = { readonly client: { acquireConnection(): Promise<pg.Client> } };

/** SQL goes to the connection as it is: through `raw`, knex would take every question mark for a parameter. */
const toKnex = ({ name, up }: Migration) => ({
  up: async (transaction: KnexTransaction): Promise<void> => {
    const connection = await transaction.client.acquireConnection();
    try {
      await up(async (sql) => {
        await connection.query(sql);
      });
    } catch (cause) {
      throw new Error(`The migration ${name} failed: ${cause instanceof Error ? cause.message : cause}`, { cause });
    }
  },
  down: (): Promise<void> => Promise.reject(new Error('Migrations go forward only.')),
});
