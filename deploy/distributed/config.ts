import { loadConfig } from '@ims/platform/config/load-config';
import { mailHasSender, plainHttpStaysInside, publicUrlIsSafe, type Rule } from '@ims/platform/config/rules';
import { mailVariables, passwordVariables, variables } from '@ims/platform/config/variables';
import { externalIssuersVariable } from '@ims/platform/identity/external-issuers';
import { z } from 'zod';

const { EVENT_LOG, MESSAGES, CACHE } = variables;
const { PORT, HOST, IMS_HOME, DATABASE_URL, EVENTSTORE_URL, NATS_URL, REDIS_URL, IMS_DEMO, RATE_LIMIT } = variables;
const { METRICS_PORT, TRUSTED_PROXIES } = variables;

const count = z
  .string()
  .regex(/^[1-9]$/, 'must be a number from 1 to 9')
  .transform(Number)
  .default(2);

const DistributedEnvironment = z.object({
  /** The gateway answers there: the web app and both APIs. */
  PORT,
  HOST,
  /** Folder of the embedded database and the master key. */
  IMS_HOME,
  /** Your own PostgreSQL instead of the embedded one: a login that may create roles and schemas. */
  DATABASE_URL,
  /** Only to leave an engine out whose address is given, or whose server is on the PATH. */
  EVENT_LOG,
  MESSAGES: MESSAGES.unwrap().optional(),
  CACHE: CACHE.unwrap().optional(),
  /** The event log; without it PostgreSQL holds it. */
  EVENTSTORE_URL,
  /** Messages; without it a nats-server on the PATH is started, and where there is none PostgreSQL passes them on. */
  NATS_URL,
  /** Cache; without it a redis-server on the PATH is started, and where there is none every process has its own. */
  REDIS_URL,
  IMS_COMMAND_APIS: count,
  IMS_QUERY_APIS: count,
  IMS_PROJECTORS: count,
  IMS_DEMO,
  ...passwordVariables,
  ...mailVariables,
  RATE_LIMIT,
  /** Whom the gateway believes where a request comes from. */
  TRUSTED_PROXIES,
  /** Of the first process; every other one has the next. `processes.json` in IMS_HOME tells which is whose. */
  METRICS_PORT,
  LOG_LEVEL: variables.LOG_LEVEL.unwrap().default('warn'),
});

/** Nine of each service and the gateway. */
const mostProcesses = 28;

const metricsPortsExist: Rule = ({ METRICS_PORT: first = '' }) =>
  Number(first) + mostProcesses - 1 > 65_535 ? ['METRICS_PORT: must leave room for the ports after it'] : [];

/** Secrets of issuers stand in variables that are named after them. */
const schemaFor = (environment: NodeJS.ProcessEnv) =>
  DistributedEnvironment.extend({ OIDC_ISSUERS: externalIssuersVariable(environment) });

export type DistributedConfig = Readonly<z.infer<ReturnType<typeof schemaFor>>>;

export const loadDistributedConfig = (environment: NodeJS.ProcessEnv): DistributedConfig =>
  loadConfig(schemaFor(environment), environment, [
    (given) => plainHttpStaysInside({ ...given, BEHIND_TLS: 'off' }),
    metricsPortsExist,
    mailHasSender,
    publicUrlIsSafe,
  ]);
