import { loadConfig } from '@ims/platform/config/load-config';
import { passwordVariables, variables } from '@ims/platform/config/variables';
import { loadOrCreateMasterKey } from '@ims/platform/event-log/master-key';
import { createLogger, flushLogs } from '@ims/platform/observability/logger';
import { untilEngineAnswers } from '@ims/platform/process/engine-wait';
import { masterKeyOf } from '@ims/platform/process/service-identity';
import { z } from 'zod';
import { prepareLog } from '../distributed/prepare-log.ts';
import { prepareDatabase, reachable } from './database.ts';
import { firstAdministratorFrom } from './first-administrator.ts';
import { createProgress } from './progress.ts';
import { startSentence } from './start-problem.ts';

const MigrateEnvironment = z.object({
  /** A login that may create roles and schemas. */
  DATABASE_URL: variables.DATABASE_URL,
  IMS_HOME: variables.IMS_HOME,
  IMS_MASTER_KEY_FILE: variables.IMS_MASTER_KEY_FILE,
  LOG_LEVEL: variables.LOG_LEVEL,
  /** Where the first administrator is recorded. */
  EVENT_LOG: variables.EVENT_LOG,
  EVENTSTORE_URL: variables.EVENTSTORE_URL,
  ...passwordVariables,
});

/**
 * Roles, schema and, where none is named, the master key: once before the services of a version start; then the first
 * administrator, where one is named by IMS_ADMIN_… and nobody administers the system yet. Any number of these may run
 * at once. Waits for a PostgreSQL that does not answer yet.
 */
const run = async (): Promise<void> => {
  const config = loadConfig(MigrateEnvironment, process.env, [
    ({ DATABASE_URL }) => (DATABASE_URL ? [] : ['DATABASE_URL: must be set: the database’s owner']),
  ]);
  const url = config.DATABASE_URL ?? '';
  const logger = createLogger({ component: 'migrate', level: config.LOG_LEVEL });
  const masterKey = config.IMS_MASTER_KEY_FILE
    ? await masterKeyOf(config)
    : await loadOrCreateMasterKey(config.IMS_HOME);
  const wait = { logger, signal: new AbortController().signal };
  await untilEngineAnswers('PostgreSQL', () => reachable(url), wait);
  await prepareDatabase(url, masterKey);
  if (firstAdministratorFrom(process.env)) {
    const engines = { ...config, MESSAGES: 'postgres', CACHE: 'memory' } as const;
    const options = { databaseUrl: url, engines, masterKey, wantsDemo: false, passwords: config, wait, logger };
    await prepareLog(options, createProgress(process.stdout));
  }
  logger.info({ operation: 'migrate' }, 'The database has the schema of this version');
};

try {
  await run();
} catch (error) {
  process.stderr.write(`${startSentence(error)}\n`);
  process.exitCode = 1;
} finally {
  flushLogs();
}
