import type { Server } from 'node:http';
import { passwordPolicyOf } from '@ims/command-api/auth/password-policy';
import { mailOptionsOf } from '@ims/command-api/mail/mail-options';
import { loadOrCreateMasterKey } from '@ims/platform/event-log/master-key';
import { createLogger, flushLogs } from '@ims/platform/observability/logger';
import { createMetrics, type Metrics } from '@ims/platform/observability/metrics';
import { serveMetrics } from '@ims/platform/observability/serve-metrics';
import { type StopStep, stopGracefully } from '@ims/platform/process/graceful-stop';
import { buildWeb, webBuildIsStale, webDist } from './build-web.ts';
import { type LauncherConfig, loadLauncherConfig } from './config.ts';
import { announce, createPeople } from './create-people.ts';
import { prepareDatabase, startDatabase } from './database.ts';
import { createGateway } from './gateway.ts';
import { makeHome } from './home.ts';
import { listen, reservePort } from './port.ts';
import { type Product, startProduct } from './product.ts';
import { createProgress } from './progress.ts';
import { startSentence } from './start-problem.ts';
import { buildWebApp } from './web-app.ts';

const version = '0.1.0';
const progress = createProgress(process.stdout);

/** What has been started so far, the last first: also a start that fails halfway stops what it started. */
const started: StopStep[] = [];

const start = async (config: LauncherConfig): Promise<void> => {
  const home = await makeHome(config.IMS_HOME);
  await reservePort(config.HOST, config.PORT);
  const logger = (component: string) => createLogger({ component, level: config.LOG_LEVEL });
  if (!config.RATE_LIMIT) logger('launcher').warn({ operation: 'start' }, 'RATE_LIMIT=off: nobody is held back');

  const masterKey = await loadOrCreateMasterKey(home);
  const database = await progress.step('PostgreSQL', () => startDatabase(config));
  started.unshift({ name: 'PostgreSQL', stop: database.stop });
  await progress.step('Schema', () => prepareDatabase(database.url, masterKey));
  if (await webBuildIsStale()) await progress.step('Web app built', buildWeb);

  const metrics = await openMetrics(config);
  const product = await progress.step('Services', () =>
    startProduct({
      version,
      databaseUrl: database.url,
      engines: config,
      masterKey,
      logger,
      issuers: config.OIDC_ISSUERS,
      publicUrl: config.IMS_PUBLIC_URL ?? `http://localhost:${config.PORT}`,
      mail: mailOptionsOf(config),
      rateLimit: config.RATE_LIMIT,
      metrics,
      demo: config.IMS_DEMO,
      passwordPolicy: passwordPolicyOf(config),
      alone: config.DATABASE_URL === undefined,
    }),
  );
  started.unshift(...product.stopSteps);
  await createPeople(product, progress);
  await product.projector.whenCaughtUp(await product.log.headPosition());

  const web = await buildWebApp({ dist: webDist, demo: product.demo });
  const gateway = createGateway({ ...product.handlers, web: (request, response) => web.routing(request, response) });
  const port = await listen(gateway, config.HOST, config.PORT);
  started.splice(0, product.stopSteps.length, ...stopSteps(gateway, product));
  announce({ host: config.HOST, port, demo: product.demo }, progress);
};

const openMetrics = async ({ HOST, METRICS_PORT }: LauncherConfig): Promise<Metrics | undefined> => {
  if (METRICS_PORT === undefined) return undefined;
  const metrics = createMetrics({ service: 'ims', version });
  const server = await serveMetrics({ metrics, host: HOST, port: METRICS_PORT });
  started.unshift({ name: 'metrics', stop: server.close });
  return metrics;
};

/** From here on nobody new is let in; who is inside gets an answer, and what is left at the end is hung up on. */
const stopSteps = (gateway: Server, { stopSteps }: Product): readonly StopStep[] => [
  {
    name: 'gateway',
    stop: () => {
      gateway.close();
      gateway.closeIdleConnections();
    },
  },
  ...stopSteps.slice(0, 2),
  { name: 'connections to browsers', stop: () => gateway.closeAllConnections() },
  ...stopSteps.slice(2),
];

const stop = stopGracefully({
  steps: () => started,
  onProblem: (step, error) => process.stderr.write(`Stopping ${step}: ${startSentence(error)}\n`),
  exit: (code) => {
    flushLogs();
    process.exit(process.exitCode ?? code);
  },
});

try {
  await start(loadLauncherConfig(process.env));
} catch (error) {
  process.stderr.write(`\n${startSentence(error)}\n`);
  process.exitCode = 1;
  await stop();
}
