import { join, resolve } from 'node:path';
import { passwordPolicyOf } from '@ims/command-api/auth/password-policy';
import { createCommandPool, openCommands } from '@ims/command-api/service';
import { loadConfig } from '@ims/platform/config/load-config';
import { publicUrlIsSafe } from '@ims/platform/config/rules';
import { passwordVariables, variables } from '@ims/platform/config/variables';
import { createPool } from '@ims/platform/database/pool';
import { serviceUrl } from '@ims/platform/database/roles';
import { runningServerUrl } from '@ims/platform/embedded-postgres/running-server';
import { loadOrCreateMasterKey } from '@ims/platform/event-log/master-key';
import { createLogger } from '@ims/platform/observability/logger';
import { openEngines } from '@ims/platform/process/open-engines';
import { assertPostgresReady } from '@ims/platform/process/postgres-ready';
import { masterKeyOf } from '@ims/platform/process/service-identity';
import pg from 'pg';
import { z } from 'zod';
import { demoIsThere } from '../demo/seed-demo.ts';
import { type Database, prepareDatabase, reachable, startDatabase } from '../launcher/database.ts';
import { makeHome } from '../launcher/home.ts';

const { PORT, IMS_HOME, IMS_MASTER_KEY_FILE, DATABASE_URL, IMS_PUBLIC_URL, EVENT_LOG, EVENTSTORE_URL } = variables;
const AdminEnvironment = z.object({
  PORT,
  IMS_HOME,
  IMS_MASTER_KEY_FILE,
  DATABASE_URL,
  IMS_PUBLIC_URL,
  EVENT_LOG,
  EVENTSTORE_URL,
  ...passwordVariables,
});
type AdminConfig = Readonly<z.infer<typeof AdminEnvironment>>;

export type Admin = Awaited<ReturnType<typeof openAdmin>>;

/** What carries out commands on the database of the configuration, beside a product that runs or without one. */
export const openAdmin = async (environment: NodeJS.ProcessEnv) => {
  const config = loadConfig(AdminEnvironment, environment, [publicUrlIsSafe]);
  const home = await makeHome(config.IMS_HOME);
  const masterKey = config.IMS_MASTER_KEY_FILE ? await masterKeyOf(config) : await loadOrCreateMasterKey(home);
  const database = await findDatabase(config);
  const stops: (() => unknown)[] = [database.stop];
  const close = async (): Promise<void> => {
    for (const stop of stops) await stop();
  };
  try {
    if (database.isInUse) await assertCurrent(database.url);
    else await prepareDatabase(database.url, masterKey);
    const databaseUrl = serviceUrl(database.url, 'ims_command', masterKey.bytes);
    const pool = createCommandPool(databaseUrl);
    stops.unshift(() => pool.end());
    const engines = await openEngines(
      { ...config, MESSAGES: 'postgres', CACHE: 'memory' },
      { databaseUrl, applicationName: 'ims-admin', logger: createLogger({ component: 'admin', level: 'error' }) },
    );
    stops.unshift(...engines.stopSteps.map(({ stop }) => stop));
    const demo = await demoIsThere(engines.log);
    const publicUrl = config.IMS_PUBLIC_URL ?? `http://localhost:${config.PORT}`;
    const passwordPolicy = passwordPolicyOf(config);
    const opened = await openCommands({ pool, masterKey, demo, publicUrl, passwordPolicy }, engines);
    return { ...opened, pool, close };
  } catch (error) {
    await close();
    throw error;
  }
};

/** `isInUse`: the schema is that of the version that runs, and not ours to bring up to date. */
const findDatabase = async (config: AdminConfig): Promise<Database & { readonly isInUse: boolean }> => {
  if (config.DATABASE_URL) {
    const database = await startDatabase(config);
    return { ...database, isInUse: await hasSchema(database.url) };
  }
  const running = await runningServerUrl(join(resolve(config.IMS_HOME), 'postgres'), 'ims');
  const answers =
    running !== undefined &&
    (await reachable(running).then(
      () => true,
      () => false,
    ));
  if (running && answers) return { url: running, stop: () => Promise.resolve(), isInUse: true };
  return { ...(await startDatabase(config)), isInUse: false };
};

const hasSchema = async (url: string): Promise<boolean> => {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ made: boolean }>(
      `select to_regclass('public.schema_migrations') is not null as made`,
    );
    return rows[0]?.made ?? false;
  } finally {
    await client.end();
  }
};

/** Throws a sentence when it is the schema of another version. */
const assertCurrent = async (url: string): Promise<void> => {
  const owner = createPool({ url, applicationName: 'ims-admin', max: 1 });
  await assertPostgresReady(owner).finally(() => owner.end());
};
