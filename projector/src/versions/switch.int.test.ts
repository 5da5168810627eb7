import { randomUUID } from 'node:crypto';
import { interactionStream } from '@ims/contracts/ids';
import { inTransaction } from '@ims/platform/database/transaction';
import { createLogger } from '@ims/platform/observability/logger';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { updated } from '../testing/events.ts';
import { createRebuildWorld, type RebuildWorld } from '../testing/rebuild-world.ts';
import type { RebuildOptions } from './operations.ts';
import { switchVersion } from './switch-version.ts';

const silent = createLogger({ component: 'test', level: 'silent' });
let world: RebuildWorld;
beforeEach(async () => {
  world = await createRebuildWorld();
});
afterEach(() => world.stop());

const rebuild = (name: string, options: RebuildOptions = {}) =>
  world.operations().rebuild(name, options, () => undefined, new AbortController().signal);

const stateOf = async (name: string) =>
  (await world.versions(name)).map(({ version, siteId, readBy }) => ({ version, siteId, readBy }));

it('goes back to the version before, which has everything that happened meanwhile', async () => {
  await world.record(10);
  await rebuild('interactions');
  await world.record(5);
  expect(await world.operations().rollback('interactions', {})).toMatch(/^Version 1 of interactions is in use again/);
  await world.record(5);
  await world.settled();
  expect(await world.active('interactions')).toBe(1);
  expect([await world.count('interactions_v1'), await world.count('interactions_v2')]).toEqual([20, 20]);
  expect(await world.operations().switchTo('interactions', {})).toMatch(/^Version 2 of interactions is in use for all/);
});

it('has nothing to go back to before the first rebuild, and nothing else to switch to', async () => {
  await world.settled();
  expect(await world.operations().rollback('interactions', {})).toMatchObject({ refused: true, code: 'CONFLICT' });
  expect(await world.operations().switchTo('interactions', {})).toMatchObject({ refused: true, code: 'CONFLICT' });
  expect(await world.operations().switchTo('interactions', { version: 7 })).toMatchObject({
    code: 'RESOURCE_NOT_FOUND',
  });
});

it.each(['interactions', 'statistics', 'suggestions'])(
  'rebuilds %s for one site and leaves the others alone',
  async (name) => {
    const { siteA, siteB } = world;
    await world.record(10, siteA);
    await world.record(4, siteB);
    await world.settled();
    expect(await rebuild(name, { siteId: siteA })).toMatch(`Version 2 of ${name} is in use for the site ${siteA}`);
    expect(await stateOf(name)).toEqual([
      { version: 1, siteId: null, readBy: 'all' },
      { version: 2, siteId: siteA, readBy: [siteA] },
    ]);
    await world.record(1, siteA);
    await world.record(1, siteB);
    await world.settled();
    const table =
      { interactions: 'interactions', statistics: 'interaction_facts' }[name] ?? 'interaction_suggestion_facts';
    expect([await world.count(`${table}_v2`, siteA), await world.count(`${table}_v2`, siteB)]).toEqual([11, 0]);
    expect([await world.count(`${table}_v1`, siteA), await world.count(`${table}_v1`, siteB)]).toEqual([11, 5]);
    expect(await world.operations().verify(name, { siteId: siteA })).toMatchObject({ version: 2, differences: [] });
    expect(await world.operations().verify(name, { siteId: siteB })).toMatchObject({ version: 1, differences: [] });
    expect(await world.operations().switchTo(name, { version: 2 })).toMatchObject({ refused: true });
    expect(await world.operations().rollback(name, { siteId: siteA })).toMatch(`Version 1 of ${name} is in use again`);
  },
);

it('sends nobody to a version that lacks what they have seen', async () => {
  await world.record(5);
  await rebuild('interactions');
  await world.operations().rollback('interactions', {});
  await world.settled();
  await world.projector().stop();
  const { pool, log, owner } = world.test;
  await owner.query(
    `update read.projection_checkpoints set position = position - 1 where projection = 'interactions' and version = 2`,
  );
  const messages = { publish: () => Promise.resolve() };
  const dependencies = { pool, log, messages, logger: silent, patienceMs: 50 };
  expect(await switchVersion(dependencies, { projection: 'interactions', siteId: null }, 2)).toMatchObject({
    message: 'Version 2 of interactions does not catch up with the version in use',
  });
  expect(await world.active('interactions')).toBe(1);
});

it('tells readers of every switch, and makes the generation grow with it', async () => {
  await world.record(3);
  await world.settled();
  const generation = async () => {
    const { rows } = await world.test.owner.query<{ generation: bigint }>(
      `select generation from read.site_generations where projection = 'interactions' and site_id = $1`,
      [world.siteA],
    );
    return rows[0]?.generation ?? 0n;
  };
  const before = await generation();
  await rebuild('interactions');
  const head = String(await world.test.log.headPosition());
  expect(world.test.announced).toContainEqual({
    projection: 'interactions',
    siteId: null,
    generation: head,
    ids: null,
  });
  expect(await generation()).toBeGreaterThan(before);
});

it('announces the changes of the version in use and of no other', async () => {
  await world.record(3);
  await rebuild('interactions');
  await world.settled();
  world.test.announced.length = 0;
  const [id = ''] = await world.record(1);
  const head = await world.test.log.headPosition();
  await expect
    .poll(async () => (await world.versions('interactions')).every(({ position }) => position >= head))
    .toBe(true);
  const named = world.test.announced.filter(
    ({ projection, ids }) => projection === 'interactions' && ids?.includes(id),
  );
  const { rows } = await world.test.owner.query<{ title: string }>(
    'select title from read.interactions_v1 where id = $1 union all select title from read.interactions_v2 where id = $1',
    [id],
  );
  expect(rows).toHaveLength(2);
  // Two events: one batch or two, but never four.
  expect(named.length).toBeGreaterThanOrEqual(1);
  expect(named.length).toBeLessThanOrEqual(2);
});

it('drops a version without a trace while somebody reads another, and never the one in use', async () => {
  await world.record(3);
  await rebuild('interactions');
  expect(await world.operations().drop('interactions', 2)).toMatchObject({ refused: true, code: 'CONFLICT' });
  await inTransaction(world.test.queries, async (reader) => {
    await reader.query(`select set_config('ims.site', $1, true)`, [world.siteA]);
    await reader.query('select from read.interactions_v2');
    expect(await world.operations().drop('interactions', 1)).toBe('Version 1 of interactions is gone');
  });
  const { rows } = await world.test.owner.query(
    `select relname as name from pg_class where relname like 'interactions%\\_v1%'
     union all select proname from pg_proc where proname like '%\\_v1' and pronamespace = 'read'::regnamespace`,
  );
  expect(rows).toEqual([]);
  await world.record(1);
  await world.settled();
  expect(await stateOf('interactions')).toEqual([{ version: 2, siteId: null, readBy: 'all' }]);
  expect(await world.operations().rollback('interactions', {})).toMatchObject({ refused: true });
});

it('is rebuilt when the log was restored, and nobody can go back to what the log no longer has', async () => {
  await world.record(5);
  await world.settled();
  await world.projector().stop();
  await world.test.owner.query(
    `update read.projection_checkpoints set position = 1000000 where projection = 'interactions'`,
  );
  await world.restart();
  await expect.poll(async () => (await world.versions('interactions'))[0]?.stopped, { timeout: 10_000 }).toBe(true);
  expect(await rebuild('interactions')).toMatch(/^Version 2 of interactions is in use/);
  expect(await world.operations().rollback('interactions', {})).toMatchObject({
    message: expect.stringContaining('earlier life of the log'),
  });
  expect(await world.operations().resume('interactions', 1)).toMatchObject({ refused: true });
});

it('begins in the new life of an imported log', async () => {
  await world.record(5);
  await world.settled();
  await world.projector().stop();
  await world.test.owner.query("insert into event_log.epochs (epoch, reason) values (2, 'imported')");
  await world.restart();
  expect(await rebuild('interactions')).toMatch(/^Version 2 of interactions is in use/);
  const versions = await world.versions('interactions');
  expect(versions.map(({ version, epoch, stopped }) => ({ version, epoch, stopped }))).toEqual([
    { version: 1, epoch: 0, stopped: true },
    { version: 2, epoch: 2, stopped: false },
  ]);
  expect(await world.operations().verify('interactions', {})).toMatchObject({ differences: [] });
});

it('parks the record of an event that it cannot read; verification knows that it is missing', async () => {
  const [id = ''] = await world.record(3);
  const stream = interactionStream(id);
  const commandId = randomUUID();
  const metadata = {
    commandId,
    eventId: randomUUID(),
    requestHash: '',
    occurredAt: '2026-03-01T09:00:00.000Z',
    actorId: randomUUID(),
    siteId: world.siteA,
    correlationId: 'test',
    causationId: 'test',
  };
  const event = { type: 'InteractionRenamed', schemaVersion: 1, data: '{}', metadata };
  await world.test.log.append({ stream, expectedRevision: 'any', commandId, events: [event], newKeys: [] });
  // It could be read, but waits behind the one that cannot.
  await world.test.record({ stream, siteId: world.siteA, events: [updated({ title: 'Later' })] });
  expect(await rebuild('interactions')).toMatch(/^Version 2 of interactions is in use/);
  const [, second] = await world.versions('interactions');
  expect(second).toMatchObject({ deadLetters: 1, differences: 0, siteId: null });
  expect(await world.operations().verify('interactions', { version: 2 })).toMatchObject({ differences: [] });
});
