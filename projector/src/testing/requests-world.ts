import { randomUUID } from 'node:crypto';
import type { OperationRequest } from '@ims/contracts/operations/api';
import { createPool } from '@ims/platform/database/pool';
import { eventLogMigrations } from '@ims/platform/event-log/migrations';
import { createLogger } from '@ims/platform/observability/logger';
import { operationsMigrations } from '@ims/platform/operations/migrations';
import { readRequest } from '@ims/platform/operations/read-requests';
import { createTestDatabase } from '@ims/platform/testing/test-database';
import type pg from 'pg';
import { expect, vi } from 'vitest';
import { readMigrations } from '../migrations.ts';
import type { SettlingProjection } from '../requests/run-request.ts';
import { type Requests, type RequestsOptions, startRequests } from '../requests/start-requests.ts';

export type TestedOperations = RequestsOptions['operations'];

type Asked = { readonly siteId?: string; readonly deadLetterId?: string; readonly secondsAgo?: number };

export type RequestsWorld = {
  /** Of the database's owner. */
  readonly admin: pg.Pool;
  readonly pool: pg.Pool;
  /** A projector that carries out requests; what is not given answers that it is done. */
  start(
    operations?: Partial<TestedOperations>,
    more?: { readonly owner?: string; readonly running?: readonly SettlingProjection[] },
  ): Requests;
  /** The answer is the id of the request. */
  ask(operation: string, projection?: string, more?: Asked): Promise<string>;
  request(id: string): Promise<OperationRequest>;
  /** Resolves when the request has been carried out. */
  ended(id: string): Promise<{ readonly state: string; readonly answer: string | null }>;
  /** Stops who carries out requests, and forgets all that was asked. */
  reset(): Promise<void>;
  close(): Promise<void>;
};

const answerOf = (what: string) => () => Promise.resolve(`${what} done`);
const plainOperations: TestedOperations = {
  rebuild: answerOf('rebuild'),
  pause: answerOf('pause'),
  resume: answerOf('resume'),
  switchTo: answerOf('switch'),
  rollback: answerOf('rollback'),
  versionMeant: () => Promise.resolve(undefined),
  drop: answerOf('drop'),
  verify: (projection) => Promise.resolve({ projection, version: 1, position: 9n, differences: [] }),
};

export const createRequestsWorld = async (): Promise<RequestsWorld> => {
  const database = await createTestDatabase([...eventLogMigrations, ...operationsMigrations, ...readMigrations]);
  const admin = createPool({ url: database.url(), applicationName: 'test-owner' });
  const pool = createPool({ url: database.url('ims_projector'), applicationName: 'test-projector' });
  let started: Requests[] = [];

  const request = async (id: string): Promise<OperationRequest> => {
    const found = await readRequest(admin, id);
    if (!found) throw new Error('There is no such request');
    return found;
  };

  return {
    admin,
    pool,
    start: (operations = {}, { owner = randomUUID(), running = [] } = {}) => {
      const requests = startRequests({
        pool,
        operations: { ...plainOperations, ...operations },
        running: () => running,
        logger: createLogger({ component: 'test', level: 'silent' }),
        owner,
      });
      started.push(requests);
      return requests;
    },
    ask: async (operation, projection = 'interactions', { siteId, deadLetterId, secondsAgo = 0 } = {}) => {
      const id = randomUUID();
      await admin.query(
        `insert into operations.requests (id, operation, projection, site_id, dead_letter_id, requested_at)
         values ($1, $2, $3, $4, $5, clock_timestamp() - $6 * interval '1 second')`,
        [id, operation, projection, siteId ?? null, deadLetterId ?? null, secondsAgo],
      );
      return id;
    },
    request,
    ended: (id) =>
      vi.waitFor(
        async () => {
          const found = await request(id);
          expect(found.finishedAt).not.toBeNull();
          return { state: found.state, answer: found.answer };
        },
        { timeout: 8_000, interval: 50 },
      ),
    reset: async () => {
      await Promise.all(started.map((requests) => requests.stop()));
      started = [];
      await admin.query('delete from operations.differences');
      await admin.query('delete from operations.requests');
      await admin.query('delete from read.dead_letters');
      await admin.query('delete from read.projection_checkpoints');
    },
    close: async () => {
      await Promise.all([pool.end(), admin.end()]);
      await database.drop();
    },
  };
};
