import { ConfigurationProblem } from '@ims/platform/config/load-config';
import { serviceUrl } from '@ims/platform/database/roles';
import { loadMasterKey, masterKeyFile } from '@ims/platform/event-log/master-key';
import { createPostgresEventLog } from '@ims/platform/event-log/postgres-event-log';
import type { Server } from '@ims/platform/http/build-server';
import { createRemoteKeySource } from '@ims/platform/identity/key-source';
import { createTokenVerifier } from '@ims/platform/identity/verify-token';
import { createPostgresMessages } from '@ims/platform/messages/postgres-messages';
import { createLogger, flushLogs } from '@ims/platform/observability/logger';
import { stopGracefully } from '@ims/platform/process/graceful-stop';
import { buildQueryApi } from './app.ts';
import { loadQueryApiConfig, type QueryApiConfig } from './config.ts';
import { cursorKeyFrom } from './interactions/cursor.ts';
import { createQueryPool } from './query-pool.ts';

const version = '0.1.0';

const patienceMs = 5_000;

/** Browsers keep spare connections that never carried a request; a server would wait for those. */
const closeServer = async (app: Server): Promise<void> => {
  const cut = setTimeout(() => app.server.closeAllConnections(), patienceMs);
  await app.close();
  clearTimeout(cut);
};

/** The query API as a process of its own, beside a command API, a projector and a database that are already there. */
const start = async (config: QueryApiConfig): Promise<void> => {
  const masterKey = await loadMasterKey(config.IMS_HOME);
  if (!masterKey) throw new ConfigurationProblem(`There is no master key at ${masterKeyFile(config.IMS_HOME)}.`);
  const logger = createLogger({ component: 'query-api', level: config.LOG_LEVEL });
  const url = serviceUrl(config.DATABASE_URL, 'ims_query', masterKey.bytes);
  const pool = createQueryPool({ url });
  const log = createPostgresEventLog({ url, applicationName: 'ims-query-api-log', readers: 2 });
  const messages = createPostgresMessages({ url, applicationName: 'ims-query-api' });
  const app = await buildQueryApi({
    version,
    logger,
    pool,
    log,
    messages,
    verifier: createTokenVerifier(createRemoteKeySource(config.JWKS_URL)),
    cursorKey: cursorKeyFrom(masterKey.bytes),
    ...(config.RATE_LIMIT ? {} : { rateLimits: 'off' as const }),
  });
  stopGracefully({
    steps: () => [
      { name: 'http', stop: () => closeServer(app) },
      { name: 'messages', stop: () => messages.close() },
      { name: 'event log', stop: () => log.close() },
      { name: 'database', stop: () => pool.end() },
      { name: 'log lines', stop: flushLogs },
    ],
    onProblem: (step, error) => logger.error({ err: error, operation: `stop ${step}` }, 'Stopping failed'),
  });
  await app.listen({ port: config.PORT, host: config.HOST });
  logger.info({ operation: 'start', port: config.PORT }, 'Listening');
};

try {
  await start(loadQueryApiConfig(process.env));
} catch (error) {
  process.stderr.write(`${error instanceof ConfigurationProblem ? error.message : String(error)}\n`);
  process.exit(1);
}
