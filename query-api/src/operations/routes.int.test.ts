import { randomUUID } from 'node:crypto';
import {
  DeadLetterList,
  OperationRequestAnswer,
  OperationRequestList,
  ProjectionList,
  type ProjectionVersionStatus,
} from '@ims/contracts/operations/api';
import { startProjector } from '@ims/projector/app';
import { readMigrations } from '@ims/projector/migrations';
import { projections } from '@ims/projector/projections';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createWorld, type World } from '../testing/world.ts';

let world: World;
let owner: pg.Client;
let site: string;
let anna: string;
let operator: string;

beforeAll(async () => {
  world = await createWorld({
    migrations: readMigrations,
    startProjector: (parts) => startProjector({ ...parts, projections, seizeLeases: true }),
  });
  const { situation } = world;
  [anna, operator] = [await situation.user('Anna Smith'), await situation.user('Olga Operator')];
  site = await situation.site('Brussels');
  await situation.role(site, anna, 'administrator');
  await situation.systemRole(operator, 'operator');
  await situation.interaction(site, anna, { title: 'Very private' });
  await world.settled();
  await world.projector.stop();
  owner = new pg.Client({ connectionString: world.database.url() });
  await owner.connect();
});

afterAll(async () => {
  await owner.end();
  await world.close();
});

const ask = async (path: string) => {
  const { status, body } = await world.get(operator, undefined, `/api/v1/operations${path}`);
  expect(status).toBe(200);
  return body;
};

const statusOf = async (name: string) => {
  const { projections: all } = ProjectionList.parse(await ask('/projections'));
  const found = all.find((projection) => projection.name === name);
  if (!found) throw new Error(`${name} is missing`);
  return found;
};

const versionOf = async (version: number): Promise<ProjectionVersionStatus | undefined> =>
  (await statusOf('interactions')).versions.find((one) => one.version === version);

const change = (version: number, assignment: string) =>
  owner.query(
    `update read.projection_checkpoints set ${assignment} where projection = 'interactions' and version = ${version}`,
  );

describe('an operator', () => {
  test('sees every projection, where it is, and that nothing is missing', async () => {
    const list = ProjectionList.parse(await ask('/projections'));
    expect(list.head).toBe(String(await world.situation.head()));
    expect(list.projections.map(({ name, bySite }) => [name, bySite])).toEqual([
      ['interactions', true],
      ['statistics', true],
      ['suggestions', true],
      ['access', false],
      ['users', false],
    ]);
    expect(await statusOf('interactions')).toMatchObject({
      activeVersion: 1,
      previousVersion: null,
      versions: [{ version: 1, state: 'live', readBy: 'all', position: list.head, lagEvents: 0, lagMs: 0 }],
    });
  });

  test('sees how many events are missing, and how old the oldest of them is', async () => {
    const hourAgo = new Date(Date.now() - 3_600_000).toISOString();
    await world.situation.interaction(site, anna, { at: hourAgo });
    await world.situation.interaction(site, anna);
    const status = await versionOf(1);
    expect(status?.lagEvents).toBe(2);
    expect(status?.lagMs).toBeGreaterThanOrEqual(3_600_000);
    expect(status?.lagMs).toBeLessThan(3_660_000);
  });

  test('still sees states and dead letters while the event log is away', async () => {
    const lost = () => Promise.reject(new Error('The log is away'));
    const api = await world.startApi({ log: { headPosition: lost, epoch: lost, countAfter: lost, readAll: lost } });
    const { status, body } = await api.get(operator, undefined, '/api/v1/operations/projections');
    expect(status).toBe(200);
    expect(ProjectionList.parse(body)).toMatchObject({ head: null, epoch: null });
    const interactions = ProjectionList.parse(body).projections.find(({ name }) => name === 'interactions');
    expect(interactions?.versions).toMatchObject([{ state: 'live', lagEvents: null, lagMs: null, deadLetters: 0 }]);
    const health = await api.get(operator, undefined, '/api/v1/health');
    expect([health.status, health.body.status, health.body.details.storage]).toEqual([200, 'DEGRADED', 'DEGRADED']);
  });

  test('sees a rebuild’s progress, its end, who reads it, and what was verified', async () => {
    await owner.query(
      `insert into read.projection_checkpoints
         (projection, version, phase, processed, total, events_per_second, throttle)
       values ('interactions', 2, 'rebuilding', 250, 1000, 50, 60)`,
    );
    expect(await versionOf(2)).toMatchObject({
      state: 'rebuilding',
      readBy: [],
      throttle: 60,
      eventsPerSecond: 50,
      progress: { done: 250, total: 1_000, etaSeconds: 15 },
    });
    await change(2, 'paused = true');
    expect((await versionOf(2))?.state).toBe('paused');
    await change(2, `paused = false, phase = 'ready', verified_at = '2026-03-15 10:00:00+00', differences = 0`);
    const ready = await versionOf(2);
    expect(ready).toMatchObject({ state: 'ready', verified: { at: '2026-03-15T10:00:00.000Z', differences: 0 } });
    expect(ready?.progress).toBeUndefined();
    await owner.query(
      `insert into read.active_versions (projection, site_id, version, previous) values ('interactions', $1, 2, 1)`,
      [site],
    );
    expect(await versionOf(2)).toMatchObject({ state: 'live', readBy: [site] });
    await change(2, `stopped = true, last_error = 'The disk is full'`);
    expect(await versionOf(2)).toMatchObject({ state: 'stopped', lastError: 'The disk is full' });
    await change(2, `phase = 'dropping'`);
    expect(await versionOf(2)).toBeUndefined();
    await owner.query('delete from read.active_versions where site_id = $1', [site]);
  });

  test('sees what could not be projected, and nothing of what people wrote', async () => {
    const id = randomUUID();
    await owner.query(
      `insert into read.dead_letters
         (id, projection, version, stream, site_id, position, revision, event_id, event_type, error, waiting_events, state)
       values ($1, 'interactions', 1, $2, $3, 7, 3, $1, 'InteractionUpdated', 'Unknown field', 4, 'parked'),
              ($4, 'interactions', 1, $2, $3, 6, 2, $4, 'InteractionUpdated', 'Unknown field', 0, 'resolved')`,
      [id, `interaction-${id}`, site, randomUUID()],
    );
    const { deadLetters } = DeadLetterList.parse(await ask('/dead-letters'));
    expect(deadLetters).toMatchObject([
      { id, stream: `interaction-${id}`, siteId: site, position: '7', revision: 3, waitingEvents: 4 },
    ]);
    expect((await versionOf(1))?.deadLetters).toBe(1);
    expect(JSON.stringify(await ask('/projections'))).not.toContain('private');
  });

  test('sees what was asked for, newest first, and what became of it', async () => {
    const ids = [randomUUID(), randomUUID()];
    for (const [at, id] of ids.entries()) {
      await owner.query(
        `insert into operations.requests (id, operation, projection, requested_by, requested_at, state, answer)
         values ($1, 'rebuild', 'interactions', $2, now() + $3 * interval '1 second', 'done', 'Rebuilt')`,
        [id, operator, at],
      );
    }
    const { requests } = OperationRequestList.parse(await ask('/requests'));
    expect(requests.map(({ id }) => id)).toEqual(ids.toReversed());
    const { request } = OperationRequestAnswer.parse(await ask(`/requests/${ids[0]}`));
    expect(request).toMatchObject({ id: ids[0], state: 'done', answer: 'Rebuilt', requestedBy: operator });
    expect((await world.get(operator, undefined, `/api/v1/operations/requests/${anna}`)).status).toBe(404);
  });
});

test('a site’s administrator sees nothing of it', async () => {
  for (const path of ['/projections', '/dead-letters', '/requests', `/requests/${anna}`]) {
    expect((await world.get(anna, undefined, `/api/v1/operations${path}`)).status).toBe(403);
  }
});
