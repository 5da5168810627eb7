import { loadConfig } from '@ims/platform/config/load-config';
import { mailHasSender, publicUrlIsSafe } from '@ims/platform/config/rules';
import { mailVariables, passwordVariables, variables } from '@ims/platform/config/variables';
import { externalIssuersVariable } from '@ims/platform/identity/external-issuers';
import { z } from 'zod';

const { PORT, IMS_HOME, DATABASE_URL, IMS_DEMO, RATE_LIMIT, LOG_LEVEL, METRICS_PORT } = variables;
const { EVENT_LOG, EVENTSTORE_URL, MESSAGES, NATS_URL, CACHE, REDIS_URL } = variables;

const LauncherEnvironment = z.object({
  /** The web app and both APIs answer there. */
  PORT,
  /** Plain HTTP is for this machine only; anything else needs a gateway with TLS in front. */
  HOST: z
    .enum(['127.0.0.1', '::1', 'localhost'], {
      error: 'must be 127.0.0.1, ::1 or localhost: plain HTTP is served on this machine only, put TLS in front of it',
    })
    .default('127.0.0.1'),
  /** Folder of the embedded database and the master key. */
  IMS_HOME,
  /** Your own PostgreSQL instead of the embedded one: a login that may create roles and schemas. */
  DATABASE_URL,
  /** Creates a demonstration organization with a known password at the first start. */
  IMS_DEMO,
  ...passwordVariables,
  ...mailVariables,
  /** `off` lifts the limits, for load tests. */
  RATE_LIMIT,
  LOG_LEVEL: LOG_LEVEL.unwrap().default('warn'),
  EVENT_LOG,
  EVENTSTORE_URL,
  MESSAGES,
  NATS_URL,
  CACHE,
  REDIS_URL,
  METRICS_PORT,
});

/** Secrets of issuers stand in variables that are named after them. */
const schemaFor = (environment: NodeJS.ProcessEnv) =>
  LauncherEnvironment.extend({ OIDC_ISSUERS: externalIssuersVariable(environment) });

export type LauncherConfig = Readonly<z.infer<ReturnType<typeof schemaFor>>>;

export const loadLauncherConfig = (environment: NodeJS.ProcessEnv): LauncherConfig =>
  loadConfig(schemaFor(environment), environment, [mailHasSender, publicUrlIsSafe]);
