import { join } from 'node:path';
import { serviceUrl } from '@ims/platform/database/roles';
import { type MasterKey, masterKeyFile } from '@ims/platform/event-log/master-key';
import { externalIssuersText } from '@ims/platform/identity/external-issuers';
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

/** Which processes run, where, and what each is told: the owner's password goes to the projectors alone, and no secret to the gateway. */
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
  // Only who signs people in there needs the clients’ secrets.
  const issuers = (withSecrets: boolean) => externalIssuersText(config.OIDC_ISSUERS, { withSecrets });
  const kinds = [
    {
      workspace: 'projector',
      ports: projectorPorts,
      own: { DATABASE_URL: options.databaseUrl, SERVICE_DATABASE_URL: role('ims_projector') },
    },
    {
      workspace: 'command-api',
      ports: commandPorts,
      own: {
        ...api,
        SERVICE_DATABASE_URL: role('ims_command'),
        IMS_DEMO: options.demo ? 'on' : 'off',
        OIDC_ISSUERS: issuers(true),
        ...passwordSettings(config),
        ...mailSettings(config),
      },
    },
    {
      workspace: 'query-api',
      ports: queryPorts,
      own: { ...api, SERVICE_DATABASE_URL: role('ims_query'), JWKS_URL: jwks, OIDC_ISSUERS: issuers(false) },
    },
  ];
  const shared = sharedEnvironment(options);
  const metrics = await metricsPorts(config, ports.length + 1);
  const services = kinds.flatMap(({ workspace, ports: ofKind, own }) =>
    ofKind.map((port, at) => program(workspace, at + 1, { ...shared, ...own, PORT: String(port) })),
  );
  return {
    services: services.map((one, at) => withMetrics(one, metrics[at])),
    gateway: withMetrics(gateway(options, { commandPorts, queryPorts, projectorPorts }), metrics[services.length]),
  };
};

type Ports = Readonly<Record<'commandPorts' | 'queryPorts' | 'projectorPorts', readonly number[]>>;

const gateway = ({ config, demo }: TopologyOptions, { commandPorts, queryPorts, projectorPorts }: Ports): Program => ({
  name: 'gateway',
  args: ['--import', 'tsx', join('deploy', 'gateway', 'main.ts')],
  environment: {
    PORT: String(config.PORT),
    HOST: config.HOST,
    LOG_LEVEL: config.LOG_LEVEL,
    TRUSTED_PROXIES: config.TRUSTED_PROXIES?.join(','),
    IMS_DEMO: demo ? 'on' : 'off',
    COMMAND_APIS: commandPorts.map(addressOf).join(','),
    QUERY_APIS: queryPorts.map(addressOf).join(','),
    PROJECTORS: projectorPorts.map(addressOf).join(','),
  },
});

/** One after the other from METRICS_PORT on; any that are free where that is 0; none where it is not set. */
const metricsPorts = async ({ METRICS_PORT: first }: DistributedConfig, count: number): Promise<readonly number[]> => {
  if (first === undefined) return [];
  return first === 0 ? freePorts(count) : Array.from({ length: count }, (_none, at) => first + at);
};

const withMetrics = (one: Program, port: number | undefined): Program =>
  port === undefined ? one : { ...one, environment: { ...one.environment, METRICS_PORT: String(port) } };

const program = (workspace: string, number: number, environment: Program['environment']): Program => ({
  name: `${workspace}-${number}`,
  args: ['--import', 'tsx', join(workspace, 'src', 'main.ts')],
  environment: { ...environment, IMS_INSTANCE: String(number) },
});

/** Only who sends mails is told of the mail server, whose address may hold a password. */
const mailSettings = (config: DistributedConfig): Program['environment'] => ({
  IMS_PUBLIC_URL: config.IMS_PUBLIC_URL ?? `http://localhost:${config.PORT}`,
  SMTP_URL: config.SMTP_URL,
  MAIL_FROM: config.MAIL_FROM,
});

const passwordSettings = (config: DistributedConfig): Program['environment'] => ({
  PASSWORD_PROFILE: config.PASSWORD_PROFILE,
  PASSWORD_MIN_LENGTH: config.PASSWORD_MIN_LENGTH?.toString(),
  PASSWORD_HISTORY: config.PASSWORD_HISTORY?.toString(),
  PASSWORD_EXPIRY_DAYS: config.PASSWORD_EXPIRY_DAYS?.toString(),
});

/** What every service is told. */
const sharedEnvironment = ({ config, home, engines }: TopologyOptions): Program['environment'] => ({
  HOST: '127.0.0.1',
  IMS_HOME: home,
  IMS_MASTER_KEY_FILE: masterKeyFile(home),
  LOG_LEVEL: config.LOG_LEVEL,
  ...engines,
});
