import { interactionStream } from '@ims/contracts/ids';
import { createLogger } from '@ims/platform/observability/logger';
import { refuseImpossible } from '@ims/platform/operations/refuse-impossible';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { projections } from '../projections.ts';
import { openWith } from '../runner/feed-event.ts';
import { updated } from '../testing/events.ts';
import { createGate } from '../testing/gate.ts';
import { createRebuildWorld, type RebuildWorld } from '../testing/rebuild-world.ts';
import { markDropping } from './drop-version.ts';
import { createOperations, type RebuildOptions, type RebuildProgress } from './operations.ts';

let world: RebuildWorld;
beforeEach(async () => {
  world = await createRebuildWorld();
});
afterEach(() => world.stop());

const everybody = ['interactions', 'statistics', 'suggestions', 'access', 'users'] as const;
const never = new AbortController().signal;

type Rebuilt = { readonly answer: unknown; readonly told: readonly RebuildProgress[] };

const rebuild = async (name: string, options: RebuildOptions = {}, signal = never): Promise<Rebuilt> => {
  const told: RebuildProgress[] = [];
  const answer = await world.operations().rebuild(name, options, (progress) => told.push(progress), signal);
  return { answer, told };
};

/** A rebuild that is under way: resolves once it has folded some events, slowly enough to be caught. */
const rebuildSlowly = async (name: string, signal = never) => {
  const underWay = createGate<RebuildProgress>();
  const ended = world.operations().rebuild(
    name,
    { throttle: 40 },
    (progress) => {
      if (progress.done > 0) underWay.open(progress);
    },
    signal,
  );
  ended.catch(() => undefined);
  await Promise.race([underWay.opened, ended]);
  return { ended };
};

const switchedTo = (version: number) =>
  expect.stringMatching(`^Version ${version} of .* is in use: .*without differences$`);

it.each(everybody)('rebuilds %s beside the one in use, verifies it and switches to it', async (name) => {
  await world.record(120);
  await world.settled();
  const { answer, told } = await rebuild(name);
  expect(answer).toEqual(switchedTo(2));
  expect(told.map(({ step }) => step)).toEqual(
    expect.arrayContaining(['filling', 'indexing', 'verifying', 'switching']),
  );
  expect(await world.active(name)).toBe(2);
  const [, second] = await world.versions(name);
  expect(second).toMatchObject({ phase: 'live', differences: 0, processed: 241, total: 241 });
});

it('rebuilds twice in a row and keeps the version before, which goes with the rebuild after next', async () => {
  await world.record(20);
  expect([(await rebuild('interactions')).answer, (await rebuild('interactions')).answer]).toEqual([
    switchedTo(2),
    switchedTo(3),
  ]);
  expect((await rebuild('interactions')).answer).toEqual(switchedTo(4));
  const versions = await world.versions('interactions');
  expect(versions.map(({ version, readBy, isPrevious }) => ({ version, readBy, isPrevious }))).toEqual([
    { version: 2, readBy: [], isPrevious: false },
    { version: 3, readBy: [], isPrevious: true },
    { version: 4, readBy: 'all', isPrevious: false },
  ]);
  expect(await world.count('interactions_v4')).toBe(20);
});

it('goes on where it was interrupted, after a restart and by itself', async () => {
  await world.record(60);
  await world.settled();
  const interruption = new AbortController();
  const { ended } = await rebuildSlowly('interactions', interruption.signal);
  interruption.abort(new Error('interrupted'));
  await expect(ended).rejects.toThrow('interrupted');
  const [, left] = await world.versions('interactions');
  expect(left).toMatchObject({ phase: 'rebuilding', version: 2 });
  expect(left?.processed).toBeGreaterThan(0);
  await world.restart();
  const { answer, told } = await rebuild('interactions');
  expect(answer).toMatch(/Version 2 of interactions (is|was rebuilt)/);
  expect(told[0]?.done).toBeGreaterThanOrEqual(left?.processed ?? 0);
  expect(await world.count('interactions_v2')).toBe(60);
});

/** As when the process ends there: nobody takes the rebuild up before a projector begins again. */
const interruptWhile = async (step: RebuildProgress['step']) => {
  const { pool, log, codec, ownerUrl } = world.test;
  await world.projector().stop();
  const interruption = new AbortController();
  const messages = {
    publish: () => Promise.resolve(),
    subscribe: () => () => undefined,
    check: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
  const logger = createLogger({ component: 'test', level: 'silent' });
  const operations = createOperations({ pool, ownerUrl, log, open: openWith(codec), messages, projections, logger });
  const tell = (progress: RebuildProgress): void => {
    if (progress.step === step) interruption.abort(new Error('interrupted'));
  };
  await expect(operations.rebuild('interactions', {}, tell, interruption.signal)).rejects.toThrow('interrupted');
};

it('goes on with what changed since when it was interrupted while its rows moved', async () => {
  const ids = await world.record(60);
  await world.settled();
  await interruptWhile('indexing');
  for (const id of ids.slice(0, 20)) {
    await world.test.record({
      stream: interactionStream(id),
      siteId: world.siteA,
      events: [updated({ title: 'Changed' })],
    });
  }
  await world.restart();
  const { answer } = await rebuild('interactions');
  expect(answer).toMatch(/^Version 2 of interactions (is in use|was rebuilt)/);
  expect(await world.active('interactions')).toBe(2);
  const { rows } = await world.test.owner.query(
    "select count(*)::int as changed from read.interactions_v2 where title = 'Changed'",
  );
  expect(rows).toEqual([{ changed: 20 }]);
  expect((await verified('interactions')).differences).toEqual([]);
});

it('is finished by whoever is left when its process loses the database', async () => {
  await world.record(60);
  await world.settled();
  const { ended } = await rebuildSlowly('statistics');
  await world.test.owner.query('update read.projection_checkpoints set throttle = null');
  await world.test.owner.query(
    `select pg_terminate_backend(pid) from pg_stat_activity
     where application_name = 'ims-projector-owner' and datname = current_database()`,
  );
  await expect(ended).rejects.toThrow();
  await expect.poll(() => world.active('statistics'), { timeout: 10_000 }).toBe(2);
  const { differences } = await verified('statistics');
  expect(differences).toEqual([]);
});

it('begins again when PostgreSQL crashed and lost what was staged', async () => {
  await world.record(60);
  await world.settled();
  const interruption = new AbortController();
  const { ended } = await rebuildSlowly('interactions', interruption.signal);
  interruption.abort(new Error('interrupted'));
  await expect(ended).rejects.toThrow();
  await world.test.owner.query('truncate read.interactions_v2_staging, read.interactions_v2_staging_move');
  const { answer } = await rebuild('interactions');
  expect(answer).toMatch(/Version 2 of interactions (is|was rebuilt)/);
  expect(await world.count('interactions_v2')).toBe(60);
});

/** A rebuild that an operator has paused after it had folded some events. */
const rebuildPaused = async (version = 2) => {
  const paused = createGate();
  const filling = createGate();
  const ended = world.operations().rebuild(
    'interactions',
    { throttle: 60 },
    ({ step, done }) => {
      if (step === 'paused') paused.open();
      if (done > 0) filling.open();
    },
    never,
  );
  await filling.opened;
  expect(await world.operations().pause('interactions')).toBe(`Version ${version} of interactions is paused`);
  await paused.opened;
  return { ended };
};

it('stands still while it is paused and goes on when it is resumed', async () => {
  await world.record(60);
  await world.settled();
  const { ended } = await rebuildPaused();
  expect(await world.operations().switchTo('interactions', { version: 2 })).toMatchObject({
    message: 'Version 2 of interactions is still being rebuilt',
  });
  expect(await world.operations().resume('interactions')).toBe('Version 2 of interactions goes on');
  expect(await ended).toEqual(switchedTo(2));
});

it('lets go of a version that is dropped while it is rebuilt', async () => {
  await world.record(60);
  await world.settled();
  const { ended } = await rebuildPaused();
  expect(await world.operations().drop('interactions', 2)).toBe('Version 2 of interactions is gone');
  expect(await ended).toMatchObject({ refused: true, message: expect.stringContaining('was dropped') });
  expect(await world.versions('interactions')).toHaveLength(1);
});

it('takes away at its end what was to be dropped meanwhile, and the drop may be asked again until then', async () => {
  await world.record(60);
  await rebuild('interactions');
  const { ended } = await rebuildPaused(3);
  // As a drop does that then waits in vain for the rebuild.
  expect(await markDropping(world.test.pool, 'interactions', 1)).toBeUndefined();
  const drop = { operation: 'drop', projection: 'interactions', version: 1 } as const;
  expect(await refuseImpossible(world.test.pool, drop)).toBeUndefined();
  await world.operations().resume('interactions');
  expect(await ended).toEqual(switchedTo(3));
  expect((await world.versions('interactions')).map(({ version }) => version)).toEqual([2, 3]);
});

it('says what it would take and changes nothing when it is only tried', async () => {
  await world.record(20);
  await world.settled();
  const { answer } = await rebuild('interactions', { dryRun: true });
  expect(answer).toMatch(/^A rebuild of interactions would read 41 events .* Nothing was changed\.$/);
  expect(await world.versions('interactions')).toHaveLength(1);
});

it('does not switch to a version that differs from the log', async () => {
  await world.record(60);
  await world.settled();
  const { ended } = await rebuildPaused();
  // As somebody with the owner's password could.
  await world.test.owner.query("update read.interactions_v2_staging set title = 'Forged'");
  await world.operations().resume('interactions');
  expect(await ended).toMatchObject({
    refused: true,
    message: expect.stringMatching(/differs from the log in \d+ rows/),
  });
  expect(await world.active('interactions')).toBe(1);
});

it('refuses what cannot be rebuilt', async () => {
  expect((await rebuild('nothing')).answer).toMatchObject({ refused: true, code: 'RESOURCE_NOT_FOUND' });
  expect((await rebuild('users', { siteId: world.siteA })).answer).toMatchObject({ refused: true });
});

const verified = async (name: string) => {
  const found = await world.operations().verify(name, {});
  if ('refused' in found) throw new Error(found.message);
  return found;
};
