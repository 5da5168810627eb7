import type { Migration } from '@ims/platform/database/migrate';
import { createPool } from '@ims/platform/database/pool';
import type { Codec } from '@ims/platform/event-log/codec';
import type { EventLog } from '@ims/platform/event-log/event-log';
import { eventLogMigrations } from '@ims/platform/event-log/migrations';
import type { Server } from '@ims/platform/http/build-server';
import { createTokenVerifier } from '@ims/platform/identity/verify-token';
import type { Messages } from '@ims/platform/messages/messages';
import { createPostgresMessages } from '@ims/platform/messages/postgres-messages';
import { createLogger, type Logger } from '@ims/platform/observability/logger';
import { operationsMigrations } from '@ims/platform/operations/migrations';
import { createTestCallers, type TestCallers } from '@ims/platform/testing/test-callers';
import { createTestDatabase, type TestDatabase } from '@ims/platform/testing/test-database';
import type pg from 'pg';
import { buildQueryApi, type QueryApiOptions } from '../app.ts';
import { cursorKeyFrom } from '../interactions/cursor.ts';
import { createQueryPool } from '../query-pool.ts';
import { createSituation, type Situation } from './situation.ts';

type RunningProjector = { whenCaughtUp(position: bigint): Promise<void>; stop(): Promise<void> };
type ProjectorParts = {
  readonly pool: pg.Pool;
  readonly log: EventLog;
  readonly codec: Codec;
  readonly messages: Messages;
  readonly logger: Logger;
};

/** Who fills the read tables; handed in by the test, because a service does not know another one. */
export type ReadSide = {
  readonly migrations: readonly Migration[];
  readonly startProjector: (parts: ProjectorParts) => RunningProjector;
};

export type Answer = {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: the shape of an answer is what the tests are about
  readonly body: any;
  readonly text: string;
  readonly headers: Readonly<Record<string, unknown>>;
};

export type Api = {
  readonly app: Server;
  get(userId: string, siteId: string | undefined, url: string, headers?: Record<string, string>): Promise<Answer>;
};

/** A query API on a database of its own, filled by a projector from real events. */
export type World = Api & {
  readonly situation: Situation;
  readonly database: TestDatabase;
  readonly pool: pg.Pool;
  readonly callers: TestCallers;
  readonly projector: RunningProjector;
  /** Another one, after the first was stopped. */
  readonly startProjector: () => RunningProjector;
  /** Until everything that happened can be read. */
  settled(): Promise<void>;
  /** Another instance of the query API beside the first. */
  startApi(changes?: Partial<QueryApiOptions>): Promise<Api>;
  close(): Promise<void>;
};

const projectorOf = (readSide: ReadSide, database: TestDatabase, { log, codec }: Situation, messages: Messages) => {
  const pool = createPool({ url: database.url('ims_projector'), applicationName: 'ims-test-projector' });
  const logger = createLogger({ component: 'projector', level: 'silent' });
  const projector = readSide.startProjector({ pool, log, codec, messages, logger });
  let stopped: Promise<void> | undefined;
  const stop = (): Promise<void> => {
    stopped ??= projector.stop().then(() => pool.end());
    return stopped;
  };
  return { whenCaughtUp: projector.whenCaughtUp, stop };
};

/** Messages that nobody hears: what a network that loses them all leaves. */
export const lostMessages: Messages = {
  publish: () => Promise.resolve(),
  subscribe: () => () => undefined,
  check: () => Promise.resolve(),
  close: () => Promise.resolve(),
};

const askerOf =
  (app: Server, callers: TestCallers): Api['get'] =>
  async (userId, siteId, url, headers = {}) => {
    const signed = await callers.headersOf(userId, siteId);
    const { statusCode, body, headers: answered } = await app.inject({ url, headers: { ...signed, ...headers } });
    const isJson = String(answered['content-type']).startsWith('application/json');
    return { status: statusCode, body: isJson ? JSON.parse(body) : undefined, text: body, headers: answered };
  };

export const createWorld = async (readSide: ReadSide): Promise<World> => {
  const database = await createTestDatabase([...eventLogMigrations, ...operationsMigrations, ...readSide.migrations]);
  const situation = createSituation(database.url('ims_command'));
  const messages = createPostgresMessages({ url: database.url('ims_projector') });
  const callers = await createTestCallers();
  const pool = createQueryPool({ url: database.url('ims_query') });
  const apis: Server[] = [];
  const options: QueryApiOptions = {
    version: 'test',
    logger: createLogger({ component: 'query-api', level: 'silent' }),
    pool,
    log: situation.log,
    messages,
    verifier: createTokenVerifier(callers.keySource),
    cursorKey: cursorKeyFrom(Buffer.alloc(32, 'test')),
    rateLimits: 'off',
  };
  const startApi: World['startApi'] = async (changes = {}) => {
    const app = await buildQueryApi({ ...options, ...changes });
    apis.push(app);
    return { app, get: askerOf(app, callers) };
  };
  const api = await startApi();
  const running: RunningProjector[] = [];
  const startProjector = (): RunningProjector => {
    const projector = projectorOf(readSide, database, situation, messages);
    running.push(projector);
    return projector;
  };
  const first = startProjector();

  return {
    situation,
    database,
    pool,
    ...api,
    startApi,
    callers,
    projector: first,
    startProjector,
    settled: async () => first.whenCaughtUp(await situation.head()),
    close: async () => {
      for (const app of apis) await app.close();
      for (const projector of running) await projector.stop();
      await messages.close();
      await situation.close();
      await pool.end();
      await database.drop();
    },
  };
};
