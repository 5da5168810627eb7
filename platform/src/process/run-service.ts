import type { RequestListener } from 'node:http';
import { ConfigurationProblem } from '../config/load-config.ts';
import { createLogger, flushLogs, type Logger } from '../observability/logger.ts';
import { createMetrics, type Metrics } from '../observability/metrics.ts';
import { serveMetrics } from '../observability/serve-metrics.ts';
import { endWithParent } from './end-with-parent.ts';
import { EngineRefused } from './engine-refused.ts';
import { reasonOf, untilEngineAnswers } from './engine-wait.ts';
import { type StopStep, stopGracefully } from './graceful-stop.ts';
import { listenWhileStarting } from './starting-server.ts';

export type ServiceConfig = {
  readonly HOST: string;
  readonly PORT: number;
  readonly LOG_LEVEL: string;
  readonly IMS_INSTANCE?: string | undefined;
  readonly METRICS_PORT?: number | undefined;
};

/** What a service gets to start with. */
export type Starting<Config> = {
  readonly config: Config;
  readonly logger: Logger;
  /** Served on METRICS_PORT; nothing where none is set. */
  readonly metrics: Metrics | undefined;
  /** Waits until the engine answers, however long; health says meanwhile that it does not. */
  untilAnswers<Result>(engine: string, attempt: () => Promise<Result>): Promise<Result>;
  /** Says when the engine does not answer, and ends the process when it refuses us; waits for nothing. */
  watch(engine: string, check: () => Promise<unknown>): void;
  /** Steps are stopped last in, first out, after the last answer; those of one call in their order. */
  onStop(...steps: readonly StopStep[]): void;
};

export type ServiceProcess<Config extends ServiceConfig> = {
  /** Name in the log. */
  readonly component: string;
  readonly version: string;
  readonly load: (environment: NodeJS.ProcessEnv) => Config;
  /** Answers what takes requests from now on; `close` ends what would keep connections open. */
  readonly start: (
    starting: Starting<Config>,
  ) => Promise<{ readonly handler: RequestListener; readonly close: () => Promise<unknown> }>;
};

/**
 * The life of a service's process: reads its configuration (all problems at once, exit 1), listens, waits for its
 * engines for ever (exit 1 only when one refuses it), serves, and stops in order at SIGINT, SIGTERM or the parent's end.
 */
export const runService = async <Config extends ServiceConfig>(service: ServiceProcess<Config>): Promise<void> => {
  const { component, version, load, start } = service;
  const config = loadOrExit(load);
  const name = config.IMS_INSTANCE ? `${component}-${config.IMS_INSTANCE}` : component;
  const logger = createLogger({ component: name, level: config.LOG_LEVEL });
  const stopping = new AbortController();
  const waitingFor = new Set<string>();
  const http: StopStep[] = [];
  const steps: StopStep[] = [];
  const stop = stopGracefully({
    steps: () => {
      stopping.abort(new Error('Stopping'));
      return [...http, ...steps, { name: 'log lines', stop: flushLogs }];
    },
    onProblem: (step, error) => logger.error({ err: error, operation: `stop ${step}` }, 'Stopping failed'),
    exit: (code) => process.exit(process.exitCode ?? code),
  });
  endWithParent(() => void stop());
  const fail = (error: unknown): void => {
    if (stopping.signal.aborted) return;
    process.stderr.write(`${component}: ${sentenceOf(error)}\n`);
    process.exitCode = 1;
    void stop();
  };
  const wait = { logger, signal: stopping.signal };

  try {
    const server = await listenWhileStarting({
      host: config.HOST,
      port: config.PORT,
      version,
      waitingFor: () => [...waitingFor],
    });
    http.push({ name: 'http', stop: () => server.close() });
    const metrics = await openMetrics(config, { service: component, version }, steps);
    const { handler, close } = await start({
      config,
      logger,
      metrics,
      untilAnswers: async (engine, attempt) => {
        waitingFor.add(engine);
        const result = await untilEngineAnswers(engine, attempt, wait);
        waitingFor.delete(engine);
        return result;
      },
      watch: (engine, check) => void untilEngineAnswers(engine, check, wait).catch(fail),
      onStop: (...added) => void steps.unshift(...added),
    });
    // Both at once: the server waits for connections that only the service can end.
    http.splice(0, 1, { name: 'http', stop: () => Promise.all([server.close(), close()]) });
    server.answerWith(handler);
    logger.info({ operation: 'start', port: server.port }, 'Ready');
  } catch (error) {
    fail(error);
  }
};

const openMetrics = async (
  { HOST, METRICS_PORT }: ServiceConfig,
  of: { readonly service: string; readonly version: string },
  steps: StopStep[],
): Promise<Metrics | undefined> => {
  if (METRICS_PORT === undefined) return undefined;
  const metrics = createMetrics(of);
  const server = await serveMetrics({ metrics, host: HOST, port: METRICS_PORT });
  steps.push({ name: 'metrics', stop: () => server.close() });
  return metrics;
};

const loadOrExit = <Config>(load: (environment: NodeJS.ProcessEnv) => Config): Config => {
  try {
    return load(process.env);
  } catch (error) {
    process.stderr.write(`${sentenceOf(error)}\n`);
    return process.exit(1);
  }
};

/** A crash keeps its stack; what an operator can mend is one sentence. */
const sentenceOf = (error: unknown): string => {
  if (error instanceof ConfigurationProblem || error instanceof EngineRefused) return error.message;
  return error instanceof Error && error.stack && !error.cause ? error.stack : reasonOf(error);
};
