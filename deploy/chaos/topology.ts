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
import type { Kept } from '../distributed/supervise.ts';
import { buildWeb, webBuildIsStale } from '../launcher/build-web.ts';
import { prepareDatabase } from '../launcher/database.ts';
import { startProduct } from '../launcher/product.ts';
import { createInstances, type Instance, type Instances, type ServiceName } from './instances.ts';
import { type KillablePostgres, startKillablePostgres } from './killable-postgres.ts';

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
const services = ['command-api', 'query-api', 'projector'] as const;

/** Two of each service and a gateway as processes, on engines of their own; what dies is started again. */
export const startTopology = async (log: (line: string) => void): Promise<Topology> => {
  // The gateway serves it.
  if (await webBuildIsStale()) await buildWeb();
  const home = await mkdtemp(join(tmpdir(), 'ims-chaos-'));
  const { postgres, databaseUrl, masterKey } = await startDatabase(home);
  const [nats, redis] = await Promise.all([natsServer({ own: true }), redisServer({ own: true })]);
  log('PostgreSQL, NATS and Redis are up');

  const [gatewayPort = 0, ...ports] = await freePorts(1 + services.length * perService);
  const url = `http://127.0.0.1:${gatewayPort}`;
  const processes = createInstances({
    home,
    postgresPort: postgres.port,
    databaseUrl,
    natsUrl: nats.url,
    redisUrl: redis.url,
    jwksUrl: `${url}/.well-known/jwks.json`,
  });
  const instances = await startServices(processes, ports);
  processes.startGateway(gatewayPort, instances);

  return {
    url,
    databaseUrl: () => databaseUrl(),
    masterKey,
    postgres,
    nats,
    redis,
    instances,
    of: (service) => instances.filter((instance) => instance.service === service),
    addByMistake: async (service) => {
      const [port = 0] = await freePorts(1);
      const { instance, kept } = await processes.start(service, `${service}-mistake`, port);
      await untilWell(instance.address, 30_000);
      return kept;
    },
    whenWell: (withinMs) => untilWell(url, withinMs),
    stop: async () => {
      for (const instance of instances) instance.resume();
      await processes.stop();
      await Promise.all([nats.close(), redis.close(), postgres.stop()]);
      await rm(home, { recursive: true, force: true });
    },
  };
};

/** A database with the demonstration's people and sites, whose port changes with every start. */
const startDatabase = async (home: string) => {
  const postgres = await startKillablePostgres(join(home, 'postgres'));
  const masterKey = await loadOrCreateMasterKey(home);
  const databaseUrl = (port = postgres.port()): string => {
    const url = new URL(postgres.url());
    url.port = String(port);
    return url.href;
  };
  await prepareDatabase(databaseUrl(), masterKey);
  await seedPeople(databaseUrl(), masterKey);
  return { postgres, databaseUrl, masterKey };
};

const startServices = async (processes: Instances, ports: readonly number[]): Promise<readonly Instance[]> => {
  const instances: Instance[] = [];
  for (const [at, port] of ports.entries()) {
    const service = services[Math.floor(at / perService)] ?? 'projector';
    const { instance } = await processes.start(service, `${service}-${(at % perService) + 1}`, port);
    instances.push(instance);
  }
  return instances;
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
