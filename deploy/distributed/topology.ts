import { join } from 'node:path';
import { serviceUrl } from '@ims/platform/database/roles';
import { type MasterKey, masterKeyFile } from '@ims/platform/event-log/master-key';
import type { EngineChoice } from '@ims/platform/process/open-engines';
import type { DistributedConfig } from './config.ts';
import { freePorts } from './ports.ts';
import type { Program } from './supervise.ts';

export type Topology = {
  /** In the order in which they start; they stop in reverse. */
  readonly services: readonly Program[];
  readonly gateway: Program;
};

export type TopologyOptions = {
  readonly config: DistributedConfig;
  /** Absolute. */
  readonly home: string;
  /** Of the database's owner. */
  readonly databaseUrl: string;
  readonly engines: EngineChoice;
  readonly masterKey: MasterKey;
  /** Whether the demonstration's people exist. */
  readonly demo: boolean;
};

const addressOf = (port: number): string => `http://127.0.0.1:${port}`;

/** Which processes run, where, and what each is told: the owner's password goes to the projectors alone. */
export const planTopology = async (options: TopologyOptions): Promise<Topology> => {
  const { config } = options;
  const counts = [config.IMS_COMMAND_APIS, config.IMS_QUERY_APIS, config.IMS_PROJECTORS] as const;
  const ports = await freePorts(counts[0] + counts[1] + counts[2]);
  const commandPorts = ports.slice(0, counts[0]);
  const queryPorts = ports.slice(counts[0], counts[0] + counts[1]);
  const projectorPorts = ports.slice(counts[0] + counts[1]);
  // Through the gateway, which finds a command API that runs.
  const jwks = `http://${config.HOST.includes(':') ? `[${config.HOST}]` : config.HOST}:${config.PORT}/.well-known/jwks.json`;
  const role = (name: 'ims_command' | 'ims_query' | 'ims_projector') =>
    serviceUrl(options.databaseUrl, name, options.masterKey.bytes);
  const api = { TRUSTED_PROXIES: 'loopback', RATE_LIMIT: config.RATE_LIMIT ? 'on' : 'off' };
  const kinds = [
    {
      workspace: 'projector',
      ports: projectorPorts,
      own: { DATABASE_URL: options.databaseUrl, SERVICE_DATABASE_URL: role('ims_projector') },
    },
    {
      workspace: 'command-api',
      ports: commandPorts,
      own: { ...api, SERVICE_DATABASE_URL: role('ims_command'), IMS_DEMO: options.demo ? 'on' : 'off' },
    },
    {
      workspace: 'query-api',
      ports: queryPorts,
      own: { ...api, SERVICE_DATABASE_URL: role('ims_query'), JWKS_URL: jwks },
    },
  ];
  const shared = sharedEnvironment(options);
  return {
    services: kinds.flatMap(({ workspace, ports: ofKind, own }) =>
      ofKind.map((port, at) => program(workspace, at + 1, { ...shared, ...own, PORT: String(port) })),
    ),
    gateway: {
      name: 'gateway',
      args: ['--import', 'tsx', join('deploy', 'gateway', 'main.ts')],
      environment: {
        ...shared,
        PORT: String(config.PORT),
        HOST: config.HOST,
        IMS_DEMO: options.demo ? 'on' : 'off',
        COMMAND_APIS: commandPorts.map(addressOf).join(','),
        QUERY_APIS: queryPorts.map(addressOf).join(','),
        PROJECTORS: projectorPorts.map(addressOf).join(','),
      },
    },
  };
};

const program = (workspace: string, number: number, environment: Program['environment']): Program => ({
  name: `${workspace}-${number}`,
  args: ['--import', 'tsx', join(workspace, 'src', 'main.ts')],
  environment: { ...environment, IMS_INSTANCE: String(number) },
});

/** What everybody is told; undefined takes away what was meant for the whole. */
const sharedEnvironment = ({ config, home, engines }: TopologyOptions): Program['environment'] => ({
  HOST: '127.0.0.1',
  BEHIND_TLS: undefined,
  IMS_HOME: home,
  IMS_MASTER_KEY_FILE: masterKeyFile(home),
  LOG_LEVEL: config.LOG_LEVEL,
  DATABASE_URL: undefined,
  SERVICE_DATABASE_URL: undefined,
  METRICS_PORT: undefined,
  IMS_INSTANCE: undefined,
  ...engines,
});
