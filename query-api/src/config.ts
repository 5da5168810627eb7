import { loadConfig } from '@ims/platform/config/load-config';
import { variables } from '@ims/platform/config/variables';
import { z } from 'zod';

const { PORT, HOST, IMS_HOME, DATABASE_URL, RATE_LIMIT, LOG_LEVEL, EVENT_LOG, MESSAGES, CACHE } = variables;

const QueryApiEnvironment = z.object({
  PORT: PORT.unwrap().default(3002),
  HOST,
  /** Folder of the master key, from which the password of `ims_query` and the key of cursors follow. */
  IMS_HOME,
  DATABASE_URL: DATABASE_URL.unwrap(),
  /** Where the command API hands out the public keys of its access tokens. */
  JWKS_URL: z
    .url('must be an address like http://127.0.0.1:3001/.well-known/jwks.json')
    .default('http://127.0.0.1:3001/.well-known/jwks.json'),
  RATE_LIMIT,
  LOG_LEVEL,
  EVENT_LOG,
  MESSAGES,
  CACHE,
});

export type QueryApiConfig = Readonly<z.infer<typeof QueryApiEnvironment>>;

export const loadQueryApiConfig = (environment: NodeJS.ProcessEnv): QueryApiConfig =>
  loadConfig(QueryApiEnvironment, environment);
