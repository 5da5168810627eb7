import { interactionStream } from '@ims/contracts/ids';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { updated } from '../testing/events.ts';
import { plant } from '../testing/poison.ts';
import { createRebuildWorld, type RebuildWorld } from '../testing/rebuild-world.ts';

let world: RebuildWorld;
beforeEach(async () => {
  world = await createRebuildWorld();
});
afterEach(() => world.stop());

const rebuild = () => world.operations().rebuild('interactions', {}, () => undefined, new AbortController().signal);

const poison = async (ids: readonly string[]) => {
  for (const id of ids) {
    const event = { type: 'InteractionDreamt', data: {} };
    await plant(world.test, { stream: interactionStream(id), siteId: world.siteA, event });
  }
};

/** More than are held within one minute: as if they had come over the years. */
const holdRecords = async (ids: readonly string[]) => {
  for (let from = 0; from < ids.length; from += 15) {
    await poison(ids.slice(from, from + 15));
    await world.settled();
    await world.test.owner.query(`update read.dead_letters set parked_at = parked_at - interval '1 day'`);
  }
};

const letters = async (version: number) => {
  const { rows } = await world.test.owner.query<{ state: string; letters: number }>(
    `select state, count(*)::int as letters from read.dead_letters
     where projection = 'interactions' and version = $1 group by state order by state`,
    [version],
  );
  return rows;
};

it('rebuilds however many records the version in use holds already, and what was skipped stays skipped', async () => {
  const ids = await world.record(25);
  await holdRecords(ids);
  const [first = ''] = ids;
  await world.projector().stop();
  await world.test.owner.query(
    `update read.dead_letters set state = 'skipped', settled_at = now()
     where projection = 'interactions' and stream = $1`,
    [interactionStream(first)],
  );
  await world.test.record({
    stream: interactionStream(first),
    siteId: world.siteA,
    events: [updated({ title: 'After the skip' })],
  });
  await world.restart();
  await world.settled();
  expect(await rebuild()).toMatch(/^Version 2 of interactions is in use/);
  expect(await letters(2)).toEqual([
    { state: 'parked', letters: 24 },
    { state: 'skipped', letters: 1 },
  ]);
  const { rows } = await world.test.owner.query('select title from read.interactions_v2 where id = $1', [first]);
  expect(rows).toEqual([{ title: 'After the skip' }]);
});

it('stops when it would hold more than twenty records that the version in use can show', async () => {
  const ids = await world.record(25);
  await holdRecords(ids);
  // As after an update of IMS that cannot read what the one before could.
  await world.projector().stop();
  await world.test.owner.query(`delete from read.dead_letters where projection = 'interactions'`);
  await world.restart();
  expect(await rebuild()).toMatchObject({ message: expect.stringContaining('More than 20 records') });
});
