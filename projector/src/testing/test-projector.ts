import { randomUUID } from 'node:crypto';
import type { DomainEvent } from '@ims/contracts/event-catalogue';
import type { EventMetadata } from '@ims/contracts/recorded-event';
import { createPool } from '@ims/platform/database/pool';
import { type Codec, createCodec } from '@ims/platform/event-log/codec';
import type { EventLog } from '@ims/platform/event-log/event-log';
import { createPostgresKeyStore, type KeyStore } from '@ims/platform/event-log/keys';
import { eventLogMigrations } from '@ims/platform/event-log/migrations';
import { createPostgresEventLog } from '@ims/platform/event-log/postgres-event-log';
import type { Messages, ReadTablesChanged } from '@ims/platform/messages/messages';
import { createLogger } from '@ims/platform/observability/logger';
import { operationsMigrations } from '@ims/platform/operations/migrations';
import { createTestDatabase } from '@ims/platform/testing/test-database';
import { testMasterKey } from '@ims/platform/testing/test-master-key';
import type pg from 'pg';
import { type Projector, type ProjectorOptions, startProjector } from '../app.ts';
import { readMigrations } from '../migrations.ts';
import { projections as allProjections } from '../projections.ts';
import { openWith } from '../runner/feed-event.ts';
import type { Projection } from '../runner/projection.ts';
import { type Verification, verifyProjection } from '../verify.ts';

export type Recording = {
  readonly stream: string;
  readonly events: readonly DomainEvent[];
  readonly siteId?: string;
  readonly actorId?: string;
  readonly occurredAt?: string;
};

export type TestProjector = {
  /** Of the database's owner, who makes and drops tables. */
  readonly ownerUrl: string;
  readonly owner: pg.Pool;
  readonly pool: pg.Pool;
  readonly queries: pg.Pool;
  readonly log: EventLog;
  readonly codec: Codec;
  readonly keyStore: KeyStore;
  readonly announced: ReadTablesChanged[];
  /** Appends the events to the end of their stream; the answer is the position of the last. */
  record(recording: Recording): Promise<bigint>;
  /** Runs until it is stopped, at the latest by `stop` below. */
  start(options?: Partial<ProjectorOptions>): Projector;
  /** Projects everything that was recorded and stops again. */
  project(projections?: readonly Projection[]): Promise<void>;
  /** Sets the checkpoint back, so that everything comes once more. */
  rewind(projection: Projection): Promise<void>;
  verify(projection: Projection): Promise<Verification>;
  stop(): Promise<void>;
};

/** A projector on a database of its own. Owner and command roles are used to arrange, the projector's own to project. */
export const createTestProjector = async (): Promise<TestProjector> => {
  const database = await createTestDatabase([...eventLogMigrations, ...operationsMigrations, ...readMigrations]);
  const owner = createPool({ url: database.url(), applicationName: 'ims-test-owner', max: 3 });
  const pool = createPool({ url: database.url('ims_projector'), applicationName: 'ims-test-projector' });
  const queries = createPool({ url: database.url('ims_query'), applicationName: 'ims-test-query', max: 2 });
  const log = createPostgresEventLog({ url: database.url('ims_command') });
  const keyStore = createPostgresKeyStore(owner);
  const codec = createCodec({ keyStore, masterKey: testMasterKey });
  const announced: ReadTablesChanged[] = [];
  const started: Projector[] = [];
  const start = (options: Partial<ProjectorOptions> = {}): Projector => {
    const messages = recordInto(announced);
    const projector = startProjector({ pool, log, codec, projections: allProjections, messages, logger, ...options });
    started.push(projector);
    return projector;
  };
  return {
    ownerUrl: database.url(),
    owner,
    pool,
    queries,
    log,
    codec,
    keyStore,
    announced,
    record: (recording) => record(log, codec, recording),
    start,
    project: async (projections = allProjections) => {
      const projector = start({ projections });
      try {
        await projector.whenCaughtUp(await log.headPosition());
      } finally {
        await projector.stop();
      }
    },
    rewind: async ({ name, version }) => {
      await owner.query('update read.projection_checkpoints set position = 0 where projection = $1 and version = $2', [
        name,
        version,
      ]);
    },
    verify: (projection) => verifyProjection({ pool, log, open: openWith(codec), projection }),
    stop: async () => {
      await Promise.all(started.map((projector) => projector.stop()));
      await log.close();
      await Promise.all([owner.end(), pool.end(), queries.end()]);
      await database.drop();
    },
  };
};

const logger = createLogger({ component: 'projector-test', level: 'silent' });

const recordInto = (announced: ReadTablesChanged[]): Messages => ({
  publish: (changes) => {
    announced.push(...changes);
    return Promise.resolve();
  },
  subscribe: () => () => undefined,
  check: () => Promise.resolve(),
  close: () => Promise.resolve(),
});

const record = async (log: EventLog, codec: Codec, recording: Recording): Promise<bigint> => {
  const { stream, events, siteId, actorId = randomUUID(), occurredAt = '2026-03-01T09:00:00.000Z' } = recording;
  const commandId = randomUUID();
  const metadata: Omit<EventMetadata, 'eventId'> = {
    commandId,
    requestHash: '',
    occurredAt,
    actorId,
    correlationId: 'test',
    causationId: 'test',
    ...(siteId === undefined ? {} : { siteId }),
  };
  const isNewStream = (await log.readStream(stream)).length === 0;
  const sealed = await codec.sealAll({ stream, isNewStream, events, metadata });
  const result = await log.append({ stream, expectedRevision: 'any', commandId, ...sealed });
  if (result.outcome !== 'appended') throw new Error(`The events were not appended: ${result.outcome}`);
  return result.position;
};
