import { join, resolve } from 'node:path';
import { authMigrations } from '@ims/command-api/auth/migrations';
import { assertDurable } from '@ims/platform/database/assert-durable';
import { type Migration, migrate } from '@ims/platform/database/migrate';
import { ensureRoles, serviceUrl } from '@ims/platform/database/roles';
import { startEmbeddedPostgres } from '@ims/platform/embedded-postgres/embedded-postgres';
import { assertMasterKeyFits, type MasterKey } from '@ims/platform/event-log/master-key';
import { eventLogMigrations } from '@ims/platform/event-log/migrations';
import { operationsMigrations } from '@ims/platform/operations/migrations';
import { securityMigrations } from '@ims/platform/security-events/migrations';
import { readMigrations } from '@ims/projector/migrations';
import pg from 'pg';
import { databaseProblem } from './start-problem.ts';

/** The whole schema, in the order in which its parts need each other. */
export const allMigrations: readonly Migration[] = [
  ...eventLogMigrations,
  ...operationsMigrations,
  ...securityMigrations,
  ...authMigrations,
  ...readMigrations,
];

export type Database = { readonly url: string; stop(): Promise<void> };

const embeddedDatabase = 'ims';

/** The database of the configuration: your own, or the embedded one, started and created as needed. */
export const startDatabase = async ({
  DATABASE_URL,
  IMS_HOME,
}: {
  readonly DATABASE_URL?: string | undefined;
  readonly IMS_HOME: string;
}): Promise<Database> => {
  if (DATABASE_URL) {
    await reachable(DATABASE_URL);
    return { url: DATABASE_URL, stop: () => Promise.resolve() };
  }
  const server = await startEmbeddedPostgres({ dataDirectory: join(resolve(IMS_HOME), 'postgres') });
  return { url: await createDatabase(server.url, embeddedDatabase), stop: server.stop };
};

/** Roles and schema, in a database that keeps what it confirms and belongs to this master key. */
export const prepareDatabase = async (url: string, masterKey: MasterKey): Promise<void> => {
  await refuseWrongMasterKey(url, masterKey);
  await ensureRoles(url, masterKey.bytes);
  await migrate(url, allMigrations);
  await withClient(url, letServicesSeeTheSchema);
  // As the role that appends: a setting of the role or of the database counts as well.
  await withClient(serviceUrl(url, 'ims_command', masterKey.bytes), assertDurable);
};

/** Before the roles: their passwords follow from the master key, and another IMS may be signed in with the right ones. */
const refuseWrongMasterKey = (url: string, masterKey: MasterKey): Promise<void> =>
  withClient(url, async (client) => {
    const { rows } = await client.query<{ made: boolean }>(`select to_regclass('key_store.keys') is not null as made`);
    if (rows[0]?.made) await assertMasterKeyFits(client, masterKey);
  });

/** Services check at their start what has been migrated. Nothing is altered twice: two owners at once would be refused. */
const letServicesSeeTheSchema = async (client: pg.Client): Promise<void> => {
  await client.query(`do $$ begin
    perform pg_advisory_xact_lock(${grantLock});
    if not has_table_privilege('ims_query', 'public.schema_migrations', 'select') then
      grant select on public.schema_migrations to ims_command, ims_projector, ims_query;
    end if;
  end $$`);
};

const grantLock = 7_305_196_251;

const withClient = async (url: string, work: (client: pg.Client) => Promise<void>): Promise<void> => {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await work(client).finally(() => client.end());
};

/** Throws a sentence about DATABASE_URL, as `EngineRefused` where trying again would not help. */
export const reachable = async (url: string): Promise<void> => {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  try {
    await client.connect();
    await client.end();
  } catch (error) {
    throw databaseProblem(url, error);
  }
};

const createDatabase = async (serverUrl: string, name: string): Promise<string> => {
  const client = new pg.Client({ connectionString: serverUrl });
  await client.connect();
  try {
    const { rowCount } = await client.query('select from pg_database where datname = $1', [name]);
    if (rowCount === 0) await client.query(`create database ${name}`);
  } finally {
    await client.end();
  }
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return url.href;
};
