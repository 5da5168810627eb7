import { ConfigurationProblem } from '@ims/platform/config/load-config';
import { createPool } from '@ims/platform/database/pool';
import { serviceUrl } from '@ims/platform/database/roles';
import { createCodec } from '@ims/platform/event-log/codec';
import { createPostgresKeyStore } from '@ims/platform/event-log/keys';
import { loadMasterKey, masterKeyFile } from '@ims/platform/event-log/master-key';
import { createPostgresEventLog } from '@ims/platform/event-log/postgres-event-log';
import { createPostgresMessages } from '@ims/platform/messages/postgres-messages';
import { createLogger, flushLogs } from '@ims/platform/observability/logger';
import { stopGracefully } from '@ims/platform/process/graceful-stop';
import { startProjector } from './app.ts';
import { loadProjectorConfig, type ProjectorConfig } from './config.ts';
import { projections } from './projections.ts';

/** The projector as a process of its own, beside a database that was already migrated. */
const start = async (config: ProjectorConfig): Promise<void> => {
  const masterKey = await loadMasterKey(config.IMS_HOME);
  if (!masterKey) throw new ConfigurationProblem(`There is no master key at ${masterKeyFile(config.IMS_HOME)}.`);
  const logger = createLogger({ component: 'projector', level: config.LOG_LEVEL });
  const url = serviceUrl(config.DATABASE_URL, 'ims_projector', masterKey.bytes);
  const pool = createPool({ url, applicationName: 'ims-projector' });
  const log = createPostgresEventLog({ url, applicationName: 'ims-projector-log' });
  const messages = createPostgresMessages({ url, applicationName: 'ims-projector-messages' });
  const codec = createCodec({ keyStore: createPostgresKeyStore(pool), masterKey });
  const projector = startProjector({ pool, log, codec, messages, projections, logger });
  stopGracefully({
    // Readers of the log first: a projection that waits for news is woken by the stop and not by a closed log.
    steps: () => [
      { name: 'projections', stop: () => projector.stop() },
      { name: 'messages', stop: () => messages.close() },
      { name: 'event log', stop: () => log.close() },
      { name: 'database', stop: () => pool.end() },
      { name: 'log lines', stop: flushLogs },
    ],
    onProblem: (step, error) => logger.error({ err: error, operation: `stop ${step}` }, 'Stopping failed'),
  });
  logger.info({ operation: 'start', projections: projections.map(({ name }) => name) }, 'Projecting');
};

try {
  await start(loadProjectorConfig(process.env));
} catch (error) {
  process.stderr.write(`${error instanceof ConfigurationProblem ? error.message : String(error)}\n`);
  process.exit(1);
}
