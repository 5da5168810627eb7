import { access, constants, mkdir } from 'node:fs/promises';
import type { Server } from 'node:http';
import { resolve } from 'node:path';
import { loadOrCreateMasterKey } from '@ims/platform/event-log/master-key';
import { createLogger, flushLogs } from '@ims/platform/observability/logger';
import { type StopStep, stopGracefully } from '@ims/platform/process/graceful-stop';
import { demoPassword, demoPeople } from '../demo/demo-organization.ts';
import { demoIsMissing, seedDemo } from '../demo/seed-demo.ts';
import { buildWeb, webBuildIsStale, webDist } from './build-web.ts';
import { type LauncherConfig, loadLauncherConfig } from './config.ts';
import { prepareDatabase, startDatabase } from './database.ts';
import { createFirstAdministrator, firstAdministratorFrom, needsAdministrator } from './first-administrator.ts';
import { createGateway } from './gateway.ts';
import { listen, reservePort } from './port.ts';
import { type Product, startProduct } from './product.ts';
import { createProgress } from './progress.ts';
import { StartProblem, startSentence } from './start-problem.ts';
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

  const product = await progress.step('Services', () =>
    startProduct({
      version,
      databaseUrl: database.url,
      masterKey,
      logger,
      rateLimit: config.RATE_LIMIT,
      demo: config.IMS_DEMO,
      alone: config.DATABASE_URL === undefined,
    }),
  );
  started.unshift(...product.stopSteps);
  await createPeople(product);

  const web = await buildWebApp({ dist: webDist, demo: product.demo });
  const gateway = createGateway({ ...product.handlers, web: (request, response) => web.routing(request, response) });
  const port = await listen(gateway, config.HOST, config.PORT);
  started.splice(0, product.stopSteps.length, ...stopSteps(gateway, product));
  announce(config, port, product.demo);
};

const makeHome = async (folder: string): Promise<string> => {
  const home = resolve(folder);
  try {
    await mkdir(home, { recursive: true });
    await access(home, constants.W_OK);
    return home;
  } catch (cause) {
    throw new StartProblem(`The folder ${home} cannot be made or written to: choose another one with IMS_HOME.`, {
      cause,
    });
  }
};

const createPeople = async ({ log, commands, projector, demo, tzData }: Product): Promise<void> => {
  if (demo && (await demoIsMissing(log))) {
    const today = new Date().toISOString().slice(0, 10);
    const advance = (done: number, total: number) => progress.advance('Demonstration', done, total);
    await progress.step('Demonstration created', () => seedDemo(commands, { today, tzData, advance }));
    await projector.whenCaughtUp(await log.headPosition());
  }
  const administrator = firstAdministratorFrom(process.env);
  if (demo || !(await needsAdministrator(log))) return;
  if (administrator) await createFirstAdministrator(commands, administrator);
  else
    progress.say('Nobody can sign in yet: name the first administrator by IMS_ADMIN_USERNAME, _EMAIL and _PASSWORD.');
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

const announce = ({ HOST }: LauncherConfig, port: number, demo: boolean): void => {
  const host = HOST === '127.0.0.1' ? 'localhost' : HOST.includes(':') ? `[${HOST}]` : HOST;
  progress.say(`\nIMS is ready at http://${host}:${port}`);
  if (!demo) return;
  progress.say(`Demonstration: sign in as ${demoPeople.map(({ username }) => username).join(', ')}`);
  progress.say(`with the password ${demoPassword}\n`);
};

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
