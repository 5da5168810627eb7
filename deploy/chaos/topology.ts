import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { loadOrCreateMasterKey, type MasterKey } from '@ims/platform/event-log/master-key';
import { createLogger } from '@ims/platform/observability/logger';
import { natsServer, redisServer } from '@ims/platform/testing/engines';
import type { TestServer } from '@ims/platform/testing/server-process';
import { seedOrganization } from '../demo/seed-demo.ts';
import { freePorts } from '../distributed/ports.ts';
import { type Kept, keepRunning } from '../distributed/supervise.ts';
import { buildWeb, webBuildIsStale } from '../launcher/build-web.ts';
import { prepareDatabase } from '../launcher/database.ts';
import { startProduct } from '../launcher/product.ts';
import { type KillablePostgres, startKillablePostgres } from './killable-postgres.ts';
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

export type Topology = {
  readonly url: string;
  readonly databaseUrl: () => string;
  readonly masterKey: MasterKey;
  readonly postgres: KillablePostgres;
  readonly nats: TestServer;
  readonly redis: TestServer;
  readonly instances: readonly Instance[];
  of(service: ServiceName): readonly Instance[];
  /** One more of a service than there should be, until it is stopped. */
  addByMistake(service: ServiceName): Promise<Kept>;
  /** Resolves when every process and engine says that it is well. */
  whenWell(withinMs: number): Promise<void>;
  stop(): Promise<void>;
};

const perService = 2;
const main: Readonly<Record<ServiceName, string>> = {
  'command-api': 'command-api/src/main.ts',
  'query-api': 'query-api/src/main.ts',
  projector: 'projector/src/main.ts',
};

/** Two of each service and a gateway as processes, on engines of their own; what dies is started again. */
export const startTopology = async (log: (line: string) => void): Promise<Topology> => {
  // The gateway serves it.
  if (await webBuildIsStale()) await buildWeb();
  const home = await mkdtemp(join(tmpdir(), 'ims-chaos-'));
  const postgres = await startKillablePostgres(join(home, 'postgres'));
  const masterKey = await loadOrCreateMasterKey(home);
  const databaseUrl = (port = postgres.port()): string => {
    const url = new URL(postgres.url());
    url.port = String(port);
    return url.href;
  };
  await prepareDatabase(databaseUrl(), masterKey);
  await seedPeople(databaseUrl(), masterKey);
  const [nats, redis] = await Promise.all([natsServer({ own: true }), redisServer({ own: true })]);
  log('PostgreSQL, NATS and Redis are up');

  const kept: Kept[] = [];
  const gates: PostgresGate[] = [];
  const logger = createLogger({ component: 'chaos', level: 'silent' });
  const keep = (name: string, file: string, environment: Readonly<Record<string, string>>): Kept => {
    const program = {
      name,
      args: ['--import', 'tsx', file],
      environment: {
        LOG_LEVEL: process.env.CHAOS_LOG_LEVEL ?? 'silent',
        IMS_HOME: home,
        IMS_DEMO: 'on',
        ...environment,
      },
    };
    const one = keepRunning(program, { logger, onStart: () => undefined });
    kept.push(one);
    return one;
  };
  const engines = {
    EVENT_LOG: 'postgres',
    MESSAGES: 'nats',
    NATS_URL: nats.url,
    CACHE: 'redis',
    REDIS_URL: redis.url,
    RATE_LIMIT: 'off',
  };
  const startInstance = async (
    service: ServiceName,
    name: string,
    port: number,
    jwks: string,
  ): Promise<[Instance, Kept]> => {
    const gate = await openPostgresGate(postgres.port);
    gates.push(gate);
    const process_ = keep(name, main[service], {
      ...engines,
      DATABASE_URL: databaseUrl(gate.port),
      PORT: String(port),
      JWKS_URL: jwks,
      IMS_INSTANCE: name,
    });
    const signal = (what: NodeJS.Signals): void => {
      const pid = process_.pid();
      if (pid !== undefined) trySignal(pid, what);
    };
    const instance: Instance = {
      service,
      address: `http://127.0.0.1:${port}`,
      gate,
      kill: () => signal('SIGKILL'),
      pause: () => signal('SIGSTOP'),
      resume: () => signal('SIGCONT'),
    };
    return [instance, process_];
  };

  const services = ['command-api', 'query-api', 'projector'] as const;
  const [gatewayPort = 0, ...ports] = await freePorts(1 + services.length * perService);
  const jwks = `http://127.0.0.1:${gatewayPort}/.well-known/jwks.json`;
  const instances: Instance[] = [];
  for (const [at, port] of ports.entries()) {
    const service = services[Math.floor(at / perService)] ?? 'projector';
    const [instance] = await startInstance(service, `${service}-${(at % perService) + 1}`, port, jwks);
    instances.push(instance);
  }
  const of = (service: ServiceName) => instances.filter((instance) => instance.service === service);
  const addresses = (service: ServiceName): string =>
    of(service)
      .map(({ address }) => address)
      .join(',');
  keep('gateway', 'deploy/gateway/main.ts', {
    PORT: String(gatewayPort),
    COMMAND_APIS: addresses('command-api'),
    QUERY_APIS: addresses('query-api'),
    PROJECTORS: addresses('projector'),
  });
  const url = `http://127.0.0.1:${gatewayPort}`;

  return {
    url,
    databaseUrl: () => databaseUrl(),
    masterKey,
    postgres,
    nats,
    redis,
    instances,
    of,
    addByMistake: async (service) => {
      const [port = 0] = await freePorts(1);
      const [, process_] = await startInstance(service, `${service}-mistake`, port, jwks);
      await untilWell(`http://127.0.0.1:${port}`, 30_000);
      return process_;
    },
    whenWell: (withinMs) => untilWell(url, withinMs),
    stop: async () => {
      for (const instance of instances) instance.resume();
      await Promise.all(kept.map((one) => one.stop()));
      await Promise.all(gates.map((gate) => gate.close()));
      await Promise.all([nats.close(), redis.close(), postgres.stop()]);
      await rm(home, { recursive: true, force: true });
    },
  };
};

const seedPeople = async (databaseUrl: string, masterKey: MasterKey): Promise<void> => {
  const product = await startProduct({
    version: 'chaos',
    databaseUrl,
    masterKey,
    logger: (component) => createLogger({ component, level: 'silent' }),
    rateLimit: false,
    demo: true,
    alone: true,
  });
  await seedOrganization(product.commands);
  await product.projector.whenCaughtUp(await product.log.headPosition());
  for (const { stop } of product.stopSteps) await stop();
};

const untilWell = async (url: string, withinMs: number): Promise<void> => {
  const deadline = performance.now() + withinMs;
  let last = '';
  while (performance.now() < deadline) {
    try {
      const answer = await fetch(`${url}/api/v1/health`, { signal: AbortSignal.timeout(2_000) });
      const body = (await answer.json()) as { readonly status: string; readonly details: unknown };
      if (body.status === 'UP') return;
      last = JSON.stringify(body.details);
    } catch (error) {
      last = String(error);
    }
    await delay(50);
  }
  throw new Error(`Not well again within ${withinMs} ms: ${last}`);
};

const trySignal = (pid: number, signal: NodeJS.Signals): void => {
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended; the next one is about to start.
  }
};
