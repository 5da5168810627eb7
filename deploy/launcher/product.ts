import { buildCommandApi } from '@ims/command-api/app';
import { createAuth } from '@ims/command-api/auth/auth';
import { passwordPolicyProblems } from '@ims/command-api/auth/password-policy';
import { type Commands, createCommands } from '@ims/command-api/commands';
import { createPool } from '@ims/platform/database/pool';
import { serviceUrl } from '@ims/platform/database/roles';
import { createCodec } from '@ims/platform/event-log/codec';
import type { EventLog } from '@ims/platform/event-log/event-log';
import { createPostgresKeyStore } from '@ims/platform/event-log/keys';
import type { MasterKey } from '@ims/platform/event-log/master-key';
import { createPostgresEventLog } from '@ims/platform/event-log/postgres-event-log';
import type { Server } from '@ims/platform/http/build-server';
import { openApiDocument } from '@ims/platform/http/openapi';
import { shareRoutes } from '@ims/platform/http/routes';
import { createAccessReader } from '@ims/platform/identity/access';
import { createTokenVerifier } from '@ims/platform/identity/verify-token';
import { createPostgresMessages } from '@ims/platform/messages/postgres-messages';
import type { Logger } from '@ims/platform/observability/logger';
import { type Projector, startProjector } from '@ims/projector/app';
import { projections } from '@ims/projector/projections';
import { buildQueryApi } from '@ims/query-api/app';
import { cursorKeyFrom } from '@ims/query-api/interactions/cursor';
import { createQueryPool } from '@ims/query-api/query-pool';
import { demoIsThere } from '../demo/seed-demo.ts';
import type { Handler } from './gateway.ts';
import { StartProblem } from './start-problem.ts';

export type ProductOptions = {
  readonly version: string;
  /** Of the database's owner; every service gets the address of its own role from it. */
  readonly databaseUrl: string;
  readonly masterKey: MasterKey;
  readonly logger: (component: string) => Logger;
  readonly rateLimit: boolean;
  /** Whether a demonstration is wanted; one is never mixed into records that are there already. */
  readonly demo: boolean;
  /** True when no other projector can be at work on this database. */
  readonly alone: boolean;
};

export type Product = {
  readonly log: EventLog;
  readonly commands: Commands;
  readonly projector: Projector;
  /** True when the demonstration's people can sign in, or are about to be created. */
  readonly demo: boolean;
  readonly tzData: string;
  readonly apps: { readonly commands: Server; readonly queries: Server };
  readonly handlers: { readonly commands: Handler; readonly queries: Handler };
  /** In the order in which they must stop. */
  readonly stopSteps: readonly { readonly name: string; readonly stop: () => Promise<unknown> }[];
};

const isDemonstration = async (log: EventLog, wanted: boolean): Promise<boolean> => {
  const isThere = await demoIsThere(log);
  if (isThere && !wanted) {
    throw new StartProblem(
      'This database holds the demonstration, whose passwords everybody knows: choose another IMS_HOME or DATABASE_URL for IMS_DEMO=off.',
    );
  }
  return isThere || (wanted && (await log.headPosition()) === 0n);
};

/** All services in this process, each signed in to the database as its own role, as they would be apart. */
export const startProduct = async (options: ProductOptions): Promise<Product> => {
  const { databaseUrl, masterKey, version, logger } = options;
  const urlOf = (role: 'ims_command' | 'ims_projector' | 'ims_query') => serviceUrl(databaseUrl, role, masterKey.bytes);
  const limits = options.rateLimit ? {} : { rateLimits: 'off' as const };
  const tzData = process.versions.tz ?? 'unknown';

  const commandPool = createPool({
    url: urlOf('ims_command'),
    applicationName: 'ims-command-api',
    max: 20,
    pipeline: true,
  });
  const projectorPool = createPool({ url: urlOf('ims_projector'), applicationName: 'ims-projector' });
  const queryPool = createQueryPool({ url: urlOf('ims_query') });
  const log = createPostgresEventLog({ url: urlOf('ims_command') });
  const demo = await isDemonstration(log, options.demo);
  const codec = createCodec({ keyStore: createPostgresKeyStore(commandPool), masterKey });
  const messages = createPostgresMessages({ url: urlOf('ims_projector'), applicationName: 'ims-messages' });

  const accessReader = createAccessReader(commandPool);
  const auth = await createAuth({ pool: commandPool, masterKey, accessReader, demo });
  const verifier = createTokenVerifier(auth.signingKeys.keySource);
  const commands = createCommands({
    log,
    codec,
    masterKey,
    pool: commandPool,
    createCredentials: auth.createPassword,
    passwordProblems: passwordPolicyProblems,
  });

  const projector = startProjector({
    pool: projectorPool,
    log,
    codec,
    messages,
    projections,
    logger: logger('projector'),
    seizeLeases: options.alone,
  });
  const commandApi = await buildCommandApi({
    ...limits,
    version,
    logger: logger('command-api'),
    verifier,
    pool: commandPool,
    log,
    messages,
    commands,
    auth,
    accessReader,
    tzData,
  });
  const queryApi = await buildQueryApi({
    ...limits,
    version,
    logger: logger('query-api'),
    verifier,
    pool: queryPool,
    log,
    messages,
    cursorKey: cursorKeyFrom(masterKey.bytes),
    otherDocument: () => openApiDocument(commandApi),
  });
  shareRoutes(commandApi, queryApi);

  return {
    log,
    commands,
    projector,
    demo,
    tzData,
    apps: { commands: commandApi, queries: queryApi },
    handlers: {
      commands: (request, response) => commandApi.routing(request, response),
      queries: (request, response) => queryApi.routing(request, response),
    },
    stopSteps: [
      { name: 'query API', stop: () => queryApi.close() },
      { name: 'command API', stop: () => commandApi.close() },
      { name: 'projector', stop: () => projector.stop() },
      { name: 'messages', stop: () => messages.close() },
      { name: 'event log', stop: () => log.close() },
      { name: 'connections', stop: () => Promise.all([commandPool.end(), projectorPool.end(), queryPool.end()]) },
    ],
  };
};
