import { randomUUID } from 'node:crypto';
import { headers } from '@ims/contracts/site-scope';
import { defaultSiteSettings } from '@ims/contracts/sites/settings';
import { createPool } from '@ims/platform/database/pool';
import type { EventLog } from '@ims/platform/event-log/event-log';
import { eventLogMigrations } from '@ims/platform/event-log/migrations';
import { createPostgresEventLog } from '@ims/platform/event-log/postgres-event-log';
import { buildServer, type Server } from '@ims/platform/http/build-server';
import { createDisplayNames } from '@ims/platform/identity/display-names';
import { createTokenVerifier } from '@ims/platform/identity/verify-token';
import { createLogger } from '@ims/platform/observability/logger';
import { operationsMigrations } from '@ims/platform/operations/migrations';
import { createTestCallers, type TestCallers } from '@ims/platform/testing/test-callers';
import { createTestDatabase, type TestDatabase } from '@ims/platform/testing/test-database';
import { testMasterKey } from '@ims/platform/testing/test-master-key';
import { readMigrations } from '@ims/projector/migrations';
import type pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createCommandContexts } from '../command-handling/command-context.ts';
import { createCommandReplies } from '../command-handling/command-replies.ts';
import { operationRoutes } from './routes.ts';

const operator = randomUUID();
const auditor = randomUUID();
const brussels = randomUUID();

let database: TestDatabase;
let owner: pg.Pool;
let pool: pg.Pool;
let log: EventLog;
let callers: TestCallers;
let app: Server;

beforeAll(async () => {
  database = await createTestDatabase([...eventLogMigrations, ...operationsMigrations, ...readMigrations]);
  owner = createPool({ url: database.url(), applicationName: 'test-owner' });
  pool = createPool({ url: database.url('ims_command'), applicationName: 'test' });
  log = createPostgresEventLog({ url: database.url('ims_command') });
  callers = await createTestCallers();
  const roleOf = (userId: string) => (userId === operator ? ('operator' as const) : ('auditor' as const));
  app = await buildServer({
    title: 'Test',
    version: '0',
    logger: createLogger({ component: 'test', level: 'silent' }),
    verifier: createTokenVerifier(callers.keySource),
    accessReader: {
      read: (userId) => Promise.resolve({ active: true, systemRoles: [roleOf(userId)], site: undefined }),
    },
    rateLimits: 'off',
  });
  const contexts = createCommandContexts(testMasterKey);
  const replies = createCommandReplies({ log, names: createDisplayNames(pool, { ttlMs: 0 }) });
  await app.register(operationRoutes, { prefix: '/api/v1/operations', contexts, replies, log, pool });
  await app.ready();
  await owner.query(
    `insert into read.sites_v1 (site_id, name, description, active, settings, interaction_types, retired_types, revision, position)
     values ($1, 'Brussels', '', true, $2, '{}', '{}', 0, 1)`,
    [brussels, defaultSiteSettings],
  );
});
afterAll(async () => {
  await app?.close();
  await log?.close();
  await Promise.all([pool?.end(), owner?.end()]);
  await database?.drop();
});
beforeEach(async () => {
  await owner.query('delete from operations.requests');
  await owner.query('delete from read.projection_checkpoints');
  await owner.query('delete from read.dead_letters');
  await owner.query(`update read.active_versions set version = 1, previous = null`);
  await version(1, 'live');
});

const version = (number: number, phase: 'live' | 'ready' | 'rebuilding') =>
  owner.query('insert into read.projection_checkpoints (projection, version, phase) values ($1, $2, $3)', [
    'interactions',
    number,
    phase,
  ]);

const ask = async (
  path: string,
  { body, key, as = operator }: { readonly body?: unknown; readonly key?: string; readonly as?: string } = {},
) => {
  const answer = await app.inject({
    method: 'POST',
    url: `/api/v1/operations/${path}`,
    headers: {
      ...(await callers.headersOf(as)),
      ...(key === undefined ? {} : { [headers.idempotencyKey]: key }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { payload: JSON.stringify(body) }),
  });
  return { status: answer.statusCode, body: answer.json(), headers: answer.headers };
};

const requests = async () => {
  const { rows } = await owner.query('select * from operations.requests order by requested_at');
  return rows;
};

const auditTrail = async () => {
  const events = await log.readStream('operations');
  return events.map(({ type, data, metadata }) => ({ type, actorId: metadata.actorId, ...JSON.parse(data) }));
};

const park = async (state = 'parked'): Promise<string> => {
  const id = randomUUID();
  await owner.query(
    `insert into read.dead_letters (id, projection, version, stream, position, revision, event_id, event_type, error, state)
     values ($1, 'interactions', 1, $2, 7, 0, $1, 'InteractionCreated', 'broken', $3)`,
    [id, `interaction-${id}`, state],
  );
  return id;
};

describe('an operator', () => {
  it('asks for a rebuild: it stands in the log and waits for the projector', async () => {
    const {
      status,
      body,
      headers: given,
    } = await ask('projections/interactions/rebuild', {
      body: { siteId: brussels, throttle: 5_000 },
    });
    expect(status).toBe(202);
    expect(body.request).toMatchObject({
      operation: 'rebuild',
      projection: 'interactions',
      siteId: brussels,
      requestedBy: operator,
      state: 'waiting',
      answer: null,
    });
    expect(given.location).toBe(`/api/v1/operations/requests/${body.request.id}`);
    expect(given['x-consistency-token']).toMatch(/^1\.\d+$/);
    expect(await requests()).toMatchObject([{ id: body.request.id, site_id: brussels, throttle: 5_000 }]);
    expect((await auditTrail()).at(-1)).toMatchObject({
      type: 'OperationRequested',
      actorId: operator,
      requestId: body.request.id,
      operation: 'rebuild',
      throttle: 5_000,
    });
  });

  it('asks without a body', async () => {
    for (const operation of ['pause', 'resume', 'verify']) {
      expect((await ask(`projections/interactions/${operation}`)).status).toBe(202);
    }
    expect((await requests()).map(({ operation }) => operation)).toEqual(['pause', 'resume', 'verify']);
  });

  it('asks twice under one key and gets the first request, also when it could not be asked any more', async () => {
    await version(2, 'ready');
    const first = await ask('projections/interactions/switch', { key: 'k1', body: { version: 2 } });
    await owner.query(`update operations.requests set state = 'done', answer = 'Switched', finished_at = now()`);
    await owner.query('delete from read.projection_checkpoints where version = 2');
    const again = await ask('projections/interactions/switch', { key: 'k1', body: { version: 2 } });
    expect([first.status, again.status]).toEqual([202, 202]);
    expect(again.body.request).toMatchObject({ id: first.body.request.id, state: 'done', answer: 'Switched' });
    const other = await ask('projections/interactions/switch', { key: 'k1', body: { version: 1 } });
    expect([other.status, other.body.error.code]).toEqual([409, 'IDEMPOTENCY_MISMATCH']);
    expect(await requests()).toHaveLength(1);
  });

  it('gets the row that a crash between the log and the row left out', async () => {
    const first = await ask('projections/interactions/pause', { key: 'k2' });
    await owner.query('delete from operations.requests');
    const again = await ask('projections/interactions/pause', { key: 'k2' });
    expect(again.body.request.id).toBe(first.body.request.id);
    expect((await auditTrail()).filter(({ requestId }) => requestId === first.body.request.id)).toHaveLength(1);
  });

  it('settles a dead letter', async () => {
    const id = await park();
    for (const verb of ['retry', 'skip']) {
      const { status, body } = await ask(`dead-letters/${id}/${verb}`);
      expect([status, body.request.operation, body.request.deadLetterId, body.request.projection]).toEqual([
        202,
        `${verb}-dead-letter`,
        id,
        'interactions',
      ]);
    }
  });
});

describe('what cannot be done is refused in a sentence, and nothing is asked:', () => {
  const refusals: readonly (readonly [string, string, unknown, number, RegExp])[] = [
    ['an unknown projection', 'projections/meetings/rebuild', undefined, 404, /no projection meetings; there are int/],
    ['switching all at once', 'projections/all/switch', undefined, 400, /Name one projection/],
    ['a site of a projection without sites', 'projections/users/rebuild', { siteId: brussels }, 400, /leave the site/],
    ['a site that is not there', 'projections/interactions/rebuild', { siteId: randomUUID() }, 404, /no such site/],
    ['a rollback without a switch before', 'projections/interactions/rollback', undefined, 409, /nothing to go back/],
    ['a version that is not there', 'projections/interactions/switch', { version: 9 }, 409, /no version 9; its .* 1$/],
    ['a switch without another version', 'projections/interactions/switch', undefined, 409, /rebuild it first/],
    ['dropping what is read', 'projections/interactions/drop', { version: 1 }, 409, /switch away from it first/],
    ['dropping nothing in particular', 'projections/interactions/drop', {}, 400, /which version/],
    ['a throttled pause', 'projections/interactions/pause', { throttle: 5 }, 400, /leave it out/],
    ['an unknown option', 'projections/interactions/rebuild', { fast: true }, 400, /fast/],
    ['an unknown dead letter', `dead-letters/${randomUUID()}/retry`, undefined, 404, /no such dead letter/],
    ['a dead letter that is none', 'dead-letters/7/retry', undefined, 400, /UUID/],
  ];
  for (const [title, path, body, expected, message] of refusals) {
    it(title, async () => {
      const answer = await ask(path, { body });
      expect([answer.status, answer.body.error?.message]).toEqual([expected, expect.stringMatching(message)]);
      expect(await requests()).toEqual([]);
    });
  }

  it('a second rebuild of the same projection', async () => {
    await ask('projections/interactions/rebuild');
    const second = await ask('projections/interactions/rebuild');
    expect([second.status, second.body.error.message]).toEqual([
      409,
      'A rebuild of interactions is waiting or running already',
    ]);
    expect((await ask('projections/all/rebuild')).status).toBe(409);
    expect((await ask('projections/interactions/rebuild', { body: { dryRun: true } })).status).toBe(202);
    expect((await ask('projections/users/rebuild')).status).toBe(202);
  });

  it('switching to what is still being filled, rolling back to what was dropped', async () => {
    await version(2, 'rebuilding');
    expect((await ask('projections/interactions/switch', { body: { version: 2 } })).body.error.message).toMatch(
      /still being filled/,
    );
    await owner.query(`update read.active_versions set previous = 7 where projection = 'interactions'`);
    expect((await ask('projections/interactions/rollback')).body.error.message).toMatch(/was dropped/);
  });

  it('a dead letter that was settled', async () => {
    const { status, body } = await ask(`dead-letters/${await park('skipped')}/retry`);
    expect([status, body.error.message]).toEqual([409, 'This dead letter was skipped already']);
  });

  it('anything by somebody who is no operator', async () => {
    expect((await ask('projections/interactions/pause', { as: auditor })).status).toBe(403);
    expect((await ask(`dead-letters/${await park()}/skip`, { as: auditor })).status).toBe(403);
  });
});
