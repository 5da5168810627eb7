import { createLogger } from '@ims/platform/observability/logger';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { access } from '../access/projection.ts';
import { interactions } from '../interactions/projection.ts';
import {
  createDeadLetterWorld,
  type DeadLetterWorld,
  fragile,
  newRecord,
  refusedByDatabase,
  unknownType,
} from '../testing/dead-letter-world.ts';

let world: DeadLetterWorld;
beforeEach(async () => {
  world = await createDeadLetterWorld();
});
afterEach(() => world.stop());

describe('a record with an event that the database refuses', () => {
  it('is held, with what comes later, and all others are current', async () => {
    const [before, held, after] = [newRecord(), newRecord(), newRecord()];
    await world.record(before, { title: 'Before' });
    await world.record(held, { title: 'Held' });
    const position = await world.poison(held, refusedByDatabase);
    await world.record(after, { title: 'After' });
    await world.change(held, { lead: 'Ann' });
    await world.change(before, { title: 'Before, later' });
    await world.test.project();
    expect(await world.titles()).toEqual(['After', 'Before, later', 'Held']);
    expect(await world.letters()).toMatchObject([
      { projection: 'interactions', position, event_type: 'InteractionUpdated', waiting_events: 1, state: 'parked' },
    ]);
    expect(await world.checkpointOf(interactions)).toMatchObject({ position: 6n, stopped: false, last_error: null });
  });

  it('keeps what stood in the event out of the dead letter and of the log', async () => {
    const lines: string[] = [];
    const logger = createLogger({
      component: 'test',
      level: 'debug',
      destination: { write: (line) => lines.push(line) },
    });
    const held = newRecord();
    await world.record(held);
    await world.poison(held, refusedByDatabase);
    const { projection, broken } = fragile(interactions, 'InteractionCreated');
    broken.add('Mr. Private');
    const position = await world.record(newRecord(), { title: 'Mr. Private' });
    await world.test.start({ projections: [projection], logger }).whenCaughtUp(position);
    const errors = (await world.letters()).map(({ error }) => error);
    expect(errors).toEqual([
      expect.stringContaining('SQLSTATE 22P05'),
      expect.stringMatching(/^Event 3 .* cannot be projected: TypeError$/),
    ]);
    expect(lines.filter((line) => line.includes('"alert":true'))).toHaveLength(2);
    expect(errors.join() + lines.join()).not.toMatch(/Secret|Private/);
  });

  it('shows as held at once: its site has a new generation, and readers are told which record it is', async () => {
    const held = newRecord();
    const projector = world.test.start({ projections: [interactions] });
    await projector.whenCaughtUp(await world.record(held));
    await projector.whenCaughtUp(await world.poison(held, refusedByDatabase));
    expect(world.test.announced.at(-1)).toEqual({
      projection: 'interactions',
      siteId: world.site,
      generation: '2',
      ids: [held.replace('interaction-', '')],
    });
  });

  it('has what comes later counted, batch by batch', async () => {
    const held = newRecord();
    await world.record(held);
    await world.poison(held, refusedByDatabase);
    const projector = world.test.start({ projections: [interactions] });
    const changeLead = (lead: string) => world.change(held, { lead });
    await projector.whenCaughtUp(await changeLead('Ann'));
    await projector.whenCaughtUp(await changeLead('Bob'));
    await projector.whenCaughtUp(await world.change(newRecord(), { title: 'of another' }));
    expect(await world.letters()).toMatchObject([{ waiting_events: 2 }]);
  });

  it('is held still after the projector was started again', async () => {
    const held = newRecord();
    await world.record(held, { title: 'Held' });
    await world.poison(held, refusedByDatabase);
    await world.test.project([interactions]);
    await world.change(held, { title: 'Held, later' });
    await world.test.project([interactions]);
    expect(await world.titles()).toEqual(['Held']);
    expect(await world.letters()).toMatchObject([{ waiting_events: 1 }]);
  });
});

describe('an event that cannot be read', () => {
  it('holds its record where it might matter, and nobody else', async () => {
    const held = newRecord();
    await world.record(held, { title: 'Held' });
    await world.poison(held, unknownType);
    await world.record(newRecord(), { title: 'After' });
    await world.test.project();
    expect((await world.letters()).map(({ projection }) => projection)).toEqual([
      'interactions',
      'statistics',
      'suggestions',
    ]);
    expect(await world.titles()).toEqual(['After', 'Held']);
    expect(await world.checkpointOf(access)).toMatchObject({ position: 3n, stopped: false });
  });

  it('of a newer version is held, not skipped', async () => {
    const held = newRecord();
    await world.record(held, { title: 'Held' });
    await world.poison(held, { type: 'InteractionUpdated', data: { title: 'From the future' } }, 99);
    await world.test.project([interactions]);
    expect(await world.letters()).toMatchObject([{ error: expect.stringContaining('knows it up to version 1') }]);
  });

  it('in a stream that no projection takes is passed over', async () => {
    const position = await world.poison('security-1', { type: 'DoorSlammed', data: {} });
    await world.test.project();
    expect(await world.letters()).toEqual([]);
    expect(await world.checkpointOf(interactions)).toMatchObject({ position });
  });
});
