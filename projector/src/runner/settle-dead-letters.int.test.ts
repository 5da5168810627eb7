import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { interactions } from '../interactions/projection.ts';
import { statistics } from '../statistics/projection.ts';
import {
  createDeadLetterWorld,
  type DeadLetterWorld,
  fragile,
  newRecord,
  refusedByDatabase,
} from '../testing/dead-letter-world.ts';
import { created, statusChanged } from '../testing/events.ts';
import { type Handlers, type Row, rowTable } from './projection.ts';

let world: DeadLetterWorld;
beforeEach(async () => {
  world = await createDeadLetterWorld();
});
afterEach(() => world.stop());

describe('a dead letter', () => {
  const holdTwo = async () => {
    const held = newRecord();
    const { projection, broken } = fragile(interactions, 'InteractionUpdated');
    broken.add('first').add('second');
    await world.record(held, { title: 'Held' });
    await world.change(held, { title: 'first' });
    await world.change(held, { title: 'between' });
    const second = await world.change(held, { title: 'second' });
    await world.change(held, { lead: 'Ann' });
    const projector = world.test.start({ projections: [projection] });
    const position = await world.record(newRecord(), { title: 'Other' });
    await projector.whenCaughtUp(position);
    return { projector, broken, second, held, position };
  };

  it('is resolved by a retry after the fix: rows, generation and announcement as if nothing had been', async () => {
    const { projector, broken, held } = await holdTwo();
    expect(await world.letters()).toMatchObject([{ waiting_events: 3 }]);
    broken.clear();
    const announced = world.test.announced.length;
    expect(await world.settle(projector, interactions, 'retry')).toBe('resolved');
    expect(await world.titles()).toEqual(['Other', 'second']);
    expect(world.test.announced.slice(announced)).toEqual([
      { projection: 'interactions', siteId: world.site, generation: '7', ids: [held.replace('interaction-', '')] },
    ]);
    expect(await world.letters()).toMatchObject([{ state: 'resolved', waiting_events: 0 }]);
    expect((await world.test.verify(interactions)).differences).toEqual([]);
    await projector.whenCaughtUp(await world.change(held, { title: 'goes on' }));
    expect(await world.titles()).toEqual(['goes on', 'Other']);
    expect(world.test.announced.at(-1)).toMatchObject({ generation: '8' });
  });

  it('stays when a retry fails again, at the event that is in the way then', async () => {
    const { projector, broken, second } = await holdTwo();
    expect(await world.settle(projector, interactions, 'retry')).toContain('still-held: Event 2 ');
    expect(await world.letters()).toMatchObject([{ position: 2n, waiting_events: 3, state: 'parked' }]);
    broken.delete('first');
    expect(await world.settle(projector, interactions, 'retry')).toContain(`still-held: Event ${second} `);
    expect(await world.letters()).toMatchObject([{ position: second, waiting_events: 1, state: 'parked' }]);
    expect(await world.titles()).toEqual(['between', 'Other']);
    broken.clear();
    expect(await world.settle(projector, interactions, 'retry')).toBe('resolved');
    expect((await world.test.verify(interactions)).differences).toEqual([]);
  });

  it('that is skipped leaves the event out for good, also when everything is projected once more', async () => {
    const held = newRecord();
    await world.record(held, { title: 'Held' });
    await world.poison(held, refusedByDatabase);
    const position = await world.change(held, { lead: 'Ann' });
    const projector = world.test.start({ projections: [interactions] });
    await projector.whenCaughtUp(position);
    expect(await world.settle(projector, interactions, 'skip')).toBe('skipped');
    await projector.stop();
    const rows = async () =>
      (await world.test.owner.query('select title, lead, revision from read.interactions_v1')).rows;
    expect(await rows()).toEqual([{ title: 'Held', lead: 'Ann', revision: 2 }]);
    for (let time = 0; time < 2; time += 1) {
      await world.test.rewind(interactions);
      await world.test.project([interactions]);
      expect(await rows()).toEqual([{ title: 'Held', lead: 'Ann', revision: 2 }]);
    }
    expect(await world.letters()).toMatchObject([{ state: 'skipped' }]);
    expect((await world.test.verify(interactions)).differences).toEqual([]);
  });

  it('that is skipped makes room for the next one in the same record', async () => {
    const { projector, second } = await holdTwo();
    expect(await world.settle(projector, interactions, 'skip')).toContain(`still-held: Event ${second} `);
    expect(await world.letters()).toMatchObject([
      { position: 2n, state: 'skipped' },
      { position: second, state: 'parked', waiting_events: 1 },
    ]);
    expect(await world.settle(projector, interactions, 'skip')).toBe('skipped');
    expect(await world.titles()).toEqual(['between', 'Other']);
    expect((await world.test.verify(interactions)).differences).toEqual([]);
  });

  it('can be asked about only where it is, and once', async () => {
    const { projector } = await holdTwo();
    const [letter] = await world.letters();
    expect(await world.settle(projector, interactions, 'retry', randomUUID())).toBe('not-found');
    expect(await world.settle(projector, interactions, 'skip')).toContain('still-held');
    expect(await world.settle(projector, interactions, 'skip', letter?.id)).toBe('not-found');
    const standby = world.test.start({ projections: [interactions] });
    await expect.poll(() => standby.status()[0]?.state).toBe('standby');
    expect(await world.settle(standby, interactions, 'retry')).toBe('not-leading');
  });
});

it('a record that is held counts for nothing until it is settled, and then once', async () => {
  const held = newRecord();
  await world.record(newRecord(), { type: 'Meeting' });
  const { type: _type, ...withoutType } = created().data as Record<string, unknown>;
  await world.poison(held, { type: 'InteractionCreated', data: withoutType });
  const position = await world.test.record({ stream: held, siteId: world.site, events: [statusChanged('archived')] });
  const projector = world.test.start({ projections: [statistics] });
  await projector.whenCaughtUp(position);
  const counts = async () => {
    const { rows } = await world.test.owner.query<{ count: string }>(
      `select dimension || ' ' || value || ' ' || uses as count from read.interaction_counts_v1 order by 1`,
    );
    return rows.map(({ count }) => count);
  };
  expect((await world.letters())[0]?.error).toContain('SQLSTATE 23502');
  expect(await counts()).toEqual(['all  1', 'status complete 1', 'type Meeting 1']);
  await projector.stop();
  const mended = statistics.tables.map((table) => {
    const before = table.on.InteractionCreated;
    const on: Handlers<Row> = {
      ...table.on,
      InteractionCreated: (row, event) =>
        before?.(row, { ...event, data: { ...event.data, type: event.data.type ?? 'Other' } }),
    };
    return rowTable({ ...table, on });
  });
  const restarted = world.test.start({ projections: [{ ...statistics, tables: mended }] });
  await restarted.whenCaughtUp(position);
  expect(await world.settle(restarted, statistics, 'retry')).toBe('resolved');
  expect(await counts()).toEqual([
    'all  2',
    'status archived 1',
    'status complete 1',
    'type Meeting 1',
    'type Other 1',
  ]);
});
