import { createPool } from '@ims/platform/database/pool';
import { type Codec, createCodec } from '@ims/platform/event-log/codec';
import { createPostgresKeyStore } from '@ims/platform/event-log/keys';
import type { MasterKey } from '@ims/platform/event-log/master-key';
import type { Server } from '@ims/platform/http/build-server';
import { createAccessReader } from '@ims/platform/identity/access';
import { createTokenVerifier } from '@ims/platform/identity/verify-token';
import type { Logger } from '@ims/platform/observability/logger';
import type { Metrics } from '@ims/platform/observability/metrics';
import type { StopStep } from '@ims/platform/process/graceful-stop';
import type { Engines } from '@ims/platform/process/open-engines';
import type pg from 'pg';
import { buildCommandApi } from './app.ts';
import { type Auth, createAuth } from './auth/auth.ts';
import { passwordPolicyProblems } from './auth/password-policy.ts';
import { type Commands, createCommands } from './commands.ts';

export type CommandServiceOptions = {
  readonly version: string;
  /** Connections of the role `ims_command`, from `createCommandPool`; the caller closes it last. */
  readonly pool: pg.Pool;
  readonly masterKey: MasterKey;
  readonly logger: Logger;
  /** False lifts the limits, for load tests. */
  readonly rateLimit: boolean;
  /** Whether the built-in demonstration accounts exist. */
  readonly demo: boolean;
  readonly trustedProxies?: readonly string[] | undefined;
  readonly metrics?: Metrics | undefined;
};

export type CommandService = {
  readonly app: Server;
  readonly commands: Commands;
  readonly codec: Codec;
  readonly auth: Auth;
  readonly tzData: string;
  readonly stopSteps: readonly StopStep[];
};

export const createCommandPool = (url: string): pg.Pool =>
  createPool({ url, applicationName: 'ims-command-api', max: 20, pipeline: true });

/** What carries out commands, without HTTP in front. The database must answer. */
export const openCommands = async (
  { pool, masterKey, demo }: Pick<CommandServiceOptions, 'pool' | 'masterKey' | 'demo'>,
  { log }: Pick<Engines, 'log'>,
) => {
  const codec = createCodec({ keyStore: createPostgresKeyStore(pool), masterKey });
  const accessReader = createAccessReader(pool);
  const auth = await createAuth({ pool, masterKey, accessReader, demo });
  const commands = createCommands({
    log,
    codec,
    masterKey,
    pool,
    createCredentials: auth.createPassword,
    passwordProblems: passwordPolicyProblems,
  });
  return { codec, accessReader, auth, commands, tzData: process.versions.tz ?? 'unknown' };
};

/** The whole command API on its engines, ready but not listening: for a process of its own and for the launcher. */
export const openCommandService = async (
  options: CommandServiceOptions,
  engines: Pick<Engines, 'log' | 'messages' | 'cache' | 'checks'>,
): Promise<CommandService> => {
  const { version, pool, logger, trustedProxies } = options;
  const { codec, accessReader, auth, commands, tzData } = await openCommands(options, engines);
  const app = await buildCommandApi({
    version,
    logger,
    verifier: createTokenVerifier(auth.signingKeys.keySource),
    pool,
    log: engines.log,
    messages: engines.messages,
    commands,
    auth,
    accessReader,
    tzData,
    healthChecks: engines.checks,
    metrics: options.metrics,
    rateLimitStore: engines.cache.rateLimitStore,
    ...(options.rateLimit ? {} : { rateLimits: 'off' as const }),
    ...(trustedProxies ? { trustedProxies } : {}),
  });
  return { app, commands, codec, auth, tzData, stopSteps: [{ name: 'command API', stop: () => app.close() }] };
};
