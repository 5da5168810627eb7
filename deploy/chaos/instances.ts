import { createLogger } from '@ims/platform/observability/logger';
import { type Kept, keepRunning } from '../distributed/supervise.ts';
import { openPostgresGate, type PostgresGate } from './postgres-gate.ts';

export type ServiceName = 'command-api' | 'query-api' | 'projector';

/** One process of a service, with a gate of its own to PostgreSQL. */
export type Instance = {
  readonly service: ServiceName;
  readonly address: string;
  readonly gate: PostgresGate;
  kill(): void;
  /** Lets it hang until `resume`. */
  pause(): void;
  resume(): void;
};

export type Started = { readonly instance: Instance; readonly kept: Kept };

/** Starts processes and keeps them running: what dies is started again. */
export type Instances = {
  start(service: ServiceName, name: string, port: number): Promise<Started>;
  startGateway(port: number, instances: readonly Instance[]): void;
  stop(): Promise<void>;
};

export type Engines = {
  readonly home: string;
  readonly postgresPort: () => number;
  /** The address of PostgreSQL, as if it listened there. */
  readonly databaseUrl: (port: number) => string;
  readonly natsUrl: string;
  readonly redisUrl: string;
  readonly jwksUrl: string;
};

const main: Readonly<Record<ServiceName, string>> = {
  'command-api': 'command-api/src/main.ts',
  'query-api': 'query-api/src/main.ts',
  projector: 'projector/src/main.ts',
};

export const createInstances = (engines: Engines): Instances => {
  const kept: Kept[] = [];
  const gates: PostgresGate[] = [];
  const logger = createLogger({ component: 'chaos', level: 'silent' });

  const keep = (name: string, file: string, own: Readonly<Record<string, string>>): Kept => {
    const environment = {
      LOG_LEVEL: process.env.CHAOS_LOG_LEVEL ?? 'silent',
      IMS_HOME: engines.home,
      IMS_DEMO: 'on',
      ...own,
    };
    const program = { name, args: ['--import', 'tsx', file], environment };
    const one = keepRunning(program, { logger, onStart: () => undefined });
    kept.push(one);
    return one;
  };

  return {
    start: async (service, name, port) => {
      const gate = await openPostgresGate(engines.postgresPort);
      gates.push(gate);
      const started = keep(name, main[service], {
        ...engineVariables(engines),
        DATABASE_URL: engines.databaseUrl(gate.port),
        PORT: String(port),
        IMS_INSTANCE: name,
      });
      const signal = (what: NodeJS.Signals) => () => signalTo(started.pid(), what);
      const address = `http://127.0.0.1:${port}`;
      const [kill, pause, resume] = [signal('SIGKILL'), signal('SIGSTOP'), signal('SIGCONT')];
      return { instance: { service, address, gate, kill, pause, resume }, kept: started };
    },
    startGateway: (port, instances) => {
      const addresses = (service: ServiceName): string =>
        instances.flatMap((one) => (one.service === service ? [one.address] : [])).join(',');
      keep('gateway', 'deploy/gateway/main.ts', {
        PORT: String(port),
        COMMAND_APIS: addresses('command-api'),
        QUERY_APIS: addresses('query-api'),
        PROJECTORS: addresses('projector'),
      });
    },
    stop: async () => {
      await Promise.all(kept.map((one) => one.stop()));
      await Promise.all(gates.map((gate) => gate.close()));
    },
  };
};

const engineVariables = ({ natsUrl, redisUrl, jwksUrl }: Engines): Readonly<Record<string, string>> => ({
  EVENT_LOG: 'postgres',
  MESSAGES: 'nats',
  NATS_URL: natsUrl,
  CACHE: 'redis',
  REDIS_URL: redisUrl,
  RATE_LIMIT: 'off',
  JWKS_URL: jwksUrl,
});

const signalTo = (pid: number | undefined, signal: NodeJS.Signals): void => {
  try {
    if (pid !== undefined) process.kill(pid, signal);
  } catch {
    // It has ended; the next one is about to start.
  }
};
