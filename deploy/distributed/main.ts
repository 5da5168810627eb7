import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { loadOrCreateMasterKey } from '@ims/platform/event-log/master-key';
import { createLogger, flushLogs } from '@ims/platform/observability/logger';
import { endWithParent } from '@ims/platform/process/end-with-parent';
import { untilEngineAnswers } from '@ims/platform/process/engine-wait';
import { type StopStep, stopGracefully } from '@ims/platform/process/graceful-stop';
import { buildWeb, webBuildIsStale } from '../launcher/build-web.ts';
import { announce } from '../launcher/create-people.ts';
import { prepareDatabase, reachable } from '../launcher/database.ts';
import { makeHome } from '../launcher/home.ts';
import { reservePort } from '../launcher/port.ts';
import { createProgress } from '../launcher/progress.ts';
import { StartProblem, startSentence } from '../launcher/start-problem.ts';
import { type DistributedConfig, loadDistributedConfig } from './config.ts';
import { startKeptPostgres } from './embedded-postgres.ts';
import { findEngines } from './find-engines.ts';
import { freePorts } from './ports.ts';
import { prepareLog } from './prepare-log.ts';
import { type Kept, keepRunning, type Program } from './supervise.ts';
import { planTopology } from './topology.ts';
import { untilProjected } from './until-projected.ts';
import { untilUp } from './until-up.ts';

const progress = createProgress(process.stdout);
const stopping = new AbortController();
/** The last started is the first to stop. */
const started: StopStep[] = [];
const kept: Kept[] = [];
let isReady = false;
/** Ends the wait for services: stopped, or one of them is refused again and again. */
const refusing = new AbortController();
stopping.signal.addEventListener('abort', () => refusing.abort(stopping.signal.reason));

/** While it starts that is the end; later the others go on, and it is tried again every few seconds. */
const refused = (name: string, sentence: string): void => {
  if (isReady) process.stderr.write(`${name} does not start; it is tried again every 5 s.\n`);
  else refusing.abort(new StartProblem(`${name} does not start: ${sentence || 'it ends at once with exit code 1.'}`));
};

const start = async (config: DistributedConfig): Promise<void> => {
  const home = await makeHome(config.IMS_HOME);
  await reservePort(config.HOST, config.PORT);
  const port = config.PORT === 0 ? ((await freePorts(1))[0] ?? 0) : config.PORT;
  const logger = createLogger({ component: 'distributed', level: config.LOG_LEVEL });
  const wait = { logger, signal: stopping.signal };
  const run = (program: Program): void => {
    const process = keepRunning(program, {
      logger,
      onStart: () => void listProcesses(home),
      onRefused: (sentence) => refused(program.name, sentence),
    });
    kept.push(process);
    started.unshift({ name: program.name, stop: process.stop });
  };

  const masterKey = await loadOrCreateMasterKey(home);
  const databaseUrl = await progress.step('PostgreSQL', () => database(config, home, wait));
  await progress.step('Schema', () => prepareDatabase(databaseUrl, masterKey));
  if (await webBuildIsStale()) await progress.step('Web app built', buildWeb);

  const [nats = 0, redis = 0] = await freePorts(2);
  const engines = await findEngines(config, { nats, redis });
  engines.programs.forEach(run);
  const common = { databaseUrl, engines: engines.choice, masterKey };
  const log = { ...common, wantsDemo: config.IMS_DEMO, passwords: config, wait, logger };
  const { demo, head } = await prepareLog(log, progress);

  const topology = await planTopology({
    config: { ...config, PORT: port },
    home,
    databaseUrl,
    engines: engines.choice,
    masterKey,
    demo,
  });
  const degraded: string[] = [];
  const halted: string[] = [];
  await progress.step(`${topology.services.length} services and their gateway`, async () => {
    [...topology.services, topology.gateway].forEach(run);
    const waiting = { signal: refusing.signal, say: progress.say };
    degraded.push(...(await untilUp(addressOf(config.HOST, port), waiting)));
    halted.push(...(await untilProjected(databaseUrl, head, waiting)));
  });
  isReady = true;
  if (degraded.length > 0) progress.say(`  Degraded, everything else works: ${degraded.join(', ')}.`);
  if (halted.length > 0) progress.say(`  Not current, because stopped or paused by an operator: ${halted.join(', ')}.`);
  progress.say(`  ${topology.services.map(({ name }) => name).join(', ')}; ${engines.description}`);
  announce({ host: config.HOST, port, demo }, progress);
};

type Wait = Parameters<typeof untilEngineAnswers>[2];

const database = async ({ DATABASE_URL: given }: DistributedConfig, home: string, wait: Wait): Promise<string> => {
  if (given) {
    await untilEngineAnswers('PostgreSQL', () => reachable(given), wait);
    return given;
  }
  const postgres = await startKeptPostgres(home, () => {
    process.stderr.write('The embedded PostgreSQL has ended.\n');
    process.exitCode = 1;
    void stop();
  });
  started.unshift({ name: 'PostgreSQL', stop: postgres.stop });
  return postgres.url;
};

const addressOf = (host: string, port: number): string => `http://${host.includes(':') ? `[${host}]` : host}:${port}`;

/** For operators, and for tests that end one of them: which process is which now, and where it answers. */
const listProcesses = (home: string): Promise<void> => {
  const list = Object.fromEntries(
    kept.map(({ name, address, metrics, pid }) => [name, { pid: pid(), address, metrics }]),
  );
  return writeFile(join(home, 'processes.json'), `${JSON.stringify(list, null, 2)}\n`).catch(() => undefined);
};

const stop = stopGracefully({
  steps: () => {
    stopping.abort(new Error('Stopped before it was ready.'));
    return started;
  },
  deadlineMs: 60_000,
  onProblem: (step, error) => process.stderr.write(`Stopping ${step}: ${startSentence(error)}\n`),
  exit: (code) => {
    flushLogs();
    process.exit(process.exitCode ?? code);
  },
});
endWithParent(() => void stop());

try {
  await start(loadDistributedConfig(process.env));
} catch (error) {
  if (!stopping.signal.aborted) {
    process.stderr.write(`\n${startSentence(error)}\n`);
    process.exitCode = 1;
  }
  await stop();
}
