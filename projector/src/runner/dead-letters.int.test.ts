import { randomUUID } from 'node:crypto';
import { interactionStream } from '@ims/contracts/ids';
import { createLogger } from '@ims/platform/observability/logger';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { access } from '../access/projection.ts';
import type { Projector } from '../app.ts';
import { interactions } from '../interactions/projection.ts';
import { statistics } from '../statistics/projection.ts';
import { suggestions } from '../suggestions/projection.ts';
import { created, siteCreated, statusChanged, updated } from '../testing/events.ts';
import { createGate } from '../testing/gate.ts';
import { type Poison, plant } from '../testing/poison.ts';
import { createTestProjector, type TestProjector } from '../testing/test-projector.ts';
import { type Handlers, type Projection, type Row, rowTable } from './projection.ts';
import type { SettleHow } from './settle.ts';

const site = randomUUID();
let test: TestProjector;
let started: Projector[];
beforeEach(async () => {
  test = await createTestProjector();
  started = [];
});
afterEach(async () => {
  await Promise.all(started.map((projector) => projector.stop()));
  await test.stop();
});

const start: TestProjector['start'] = (options) => {
  const projector = test.start(options);
  started.push(projector);
  return projector;
};

const newRecord = () => interactionStream(randomUUID());
const record = (stream: string, changes: Parameters<typeof created>[0] = {}): Promise<bigint> =>
  test.record({ stream, siteId: site, events: [created(changes)] });
const change = (stream: string, title: string): Promise<bigint> =>
  test.record({ stream, siteId: site, events: [updated({ title })] });
const poison = (stream: string, event: Poison['event'], schemaVersion = 1): Promise<bigint> =>
  plant(test, { stream, siteId: site, event, schemaVersion });

/** PostgreSQL takes no NUL in a text: SQLSTATE 22P05. */
const refusedByDatabase = { type: 'InteractionUpdated', data: { title: 'Dr. Secret\u0000' } };
const unknownType = { type: 'InteractionDreamt', data: {} };

const titles = async (): Promise<readonly string[]> => {
  const { rows } = await test.owner.query<{ title: string }>('select title from read.interactions_v1 order by title');
  return rows.map(({ title }) => title);
};

type Letter = {
  readonly id: string;
  readonly projection: string;
  readonly position: bigint;
  readonly event_type: string;
  readonly error: string;
  readonly waiting_events: number;
  readonly state: string;
};

const letters = async (): Promise<readonly Letter[]> => {
  const { rows } = await test.owner.query<Letter>(
    `select id, projection, position, event_type, error, waiting_events, state from read.dead_letters
     order by projection, position`,
  );
  return rows;
};

const settle = async (projector: Projector, { name }: Projection, how: SettleHow, id?: string) => {
  const parked = (await letters()).find(({ projection, state }) => projection === name && state === 'parked');
  const running = projector.running().find((one) => one.status().name === name);
  return running?.settle(id ?? parked?.id ?? '', how);
};

const checkpointOf = async ({ name }: Projection) => {
  const { rows } = await test.owner.query<{ position: bigint; stopped: boolean; last_error: string | null }>(
    'select position, stopped, last_error from read.projection_checkpoints where projection = $1',
    [name],
  );
  return rows[0];
};

/** The projection with a handler that fails on what is broken until it is mended. */
const fragile = (projection: Projection, type: 'InteractionCreated' | 'InteractionUpdated') => {
  const broken = new Set<string>();
  const tables = projection.tables.map((table) => {
    const handler = (table.on as Record<string, (row: Row | undefined, event: unknown) => Row | undefined>)[type];
    const on: Handlers<Row> = {
      ...table.on,
      [type]: (row: Row | undefined, event: { readonly data: { readonly title?: string } }) => {
        if (broken.has(event.data.title ?? '')) throw new TypeError(`cannot take "${event.data.title}"`);
        return handler?.(row, event);
      },
    };
    return rowTable({ ...table, on });
  });
  return { projection: { ...projection, tables }, broken };
};

describe('a record with an event that the database refuses', () => {
  it('is held, with what comes later, and all others are current', async () => {
    const [before, held, after] = [newRecord(), newRecord(), newRecord()];
    await record(before, { title: 'Before' });
    await record(held, { title: 'Held' });
    const position = await poison(held, refusedByDatabase);
    await record(after, { title: 'After' });
    await test.record({ stream: held, siteId: site, events: [updated({ lead: 'Ann' })] });
    await change(before, 'Before, later');
    await test.project();
    expect(await titles()).toEqual(['After', 'Before, later', 'Held']);
    expect(await letters()).toMatchObject([
      { projection: 'interactions', position, event_type: 'InteractionUpdated', waiting_events: 1, state: 'parked' },
    ]);
    expect(await checkpointOf(interactions)).toMatchObject({ position: 6n, stopped: false, last_error: null });
  });

  it('keeps what stood in the event out of the dead letter and of the log', async () => {
    const lines: string[] = [];
    const logger = createLogger({
      component: 'test',
      level: 'debug',
      destination: { write: (line) => lines.push(line) },
    });
    const held = newRecord();
    await record(held);
    await poison(held, refusedByDatabase);
    const { projection, broken } = fragile(interactions, 'InteractionCreated');
    broken.add('Mr. Private');
    const position = await record(newRecord(), { title: 'Mr. Private' });
    await start({ projections: [projection], logger }).whenCaughtUp(position);
    const errors = (await letters()).map(({ error }) => error);
    expect(errors).toEqual([
      expect.stringContaining('SQLSTATE 22P05'),
      expect.stringMatching(/^Event 3 .* cannot be projected: TypeError$/),
    ]);
    expect(lines.filter((line) => line.includes('"alert":true'))).toHaveLength(2);
    expect(errors.join() + lines.join()).not.toMatch(/Secret|Private/);
  });

  it('shows as held at once: its site has a new generation, and readers are told which record it is', async () => {
    const held = newRecord();
    const projector = start({ projections: [interactions] });
    await projector.whenCaughtUp(await record(held));
    await projector.whenCaughtUp(await poison(held, refusedByDatabase));
    expect(test.announced.at(-1)).toEqual({
      projection: 'interactions',
      siteId: site,
      generation: '2',
      ids: [held.replace('interaction-', '')],
    });
  });

  it('has what comes later counted, batch by batch', async () => {
    const held = newRecord();
    await record(held);
    await poison(held, refusedByDatabase);
    const projector = start({ projections: [interactions] });
    const changeLead = (lead: string) => test.record({ stream: held, siteId: site, events: [updated({ lead })] });
    await projector.whenCaughtUp(await changeLead('Ann'));
    await projector.whenCaughtUp(await changeLead('Bob'));
    await projector.whenCaughtUp(await change(newRecord(), 'of another'));
    expect(await letters()).toMatchObject([{ waiting_events: 2 }]);
  });

  it('is held still after the projector was started again', async () => {
    const held = newRecord();
    await record(held, { title: 'Held' });
    await poison(held, refusedByDatabase);
    await test.project([interactions]);
    await change(held, 'Held, later');
    await test.project([interactions]);
    expect(await titles()).toEqual(['Held']);
    expect(await letters()).toMatchObject([{ waiting_events: 1 }]);
  });

  it('counts for nothing until it is settled, and then once', async () => {
    const held = newRecord();
    await record(newRecord(), { type: 'Meeting' });
    const { type: _type, ...withoutType } = created().data as Record<string, unknown>;
    await poison(held, { type: 'InteractionCreated', data: withoutType });
    const position = await test.record({ stream: held, siteId: site, events: [statusChanged('archived')] });
    const projector = start({ projections: [statistics] });
    await projector.whenCaughtUp(position);
    const counts = async () => {
      const { rows } = await test.owner.query<{ count: string }>(
        `select dimension || ' ' || value || ' ' || uses as count from read.interaction_counts_v1 order by 1`,
      );
      return rows.map(({ count }) => count);
    };
    expect((await letters())[0]?.error).toContain('SQLSTATE 23502');
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
    const restarted = start({ projections: [{ ...statistics, tables: mended }] });
    await restarted.whenCaughtUp(position);
    expect(await settle(restarted, statistics, 'retry')).toBe('resolved');
    expect(await counts()).toEqual([
      'all  2',
      'status archived 1',
      'status complete 1',
      'type Meeting 1',
      'type Other 1',
    ]);
  });
});

describe('an event that cannot be read', () => {
  it('holds its record where it might matter, and nobody else', async () => {
    const held = newRecord();
    await record(held, { title: 'Held' });
    await poison(held, unknownType);
    await record(newRecord(), { title: 'After' });
    await test.project();
    expect((await letters()).map(({ projection }) => projection)).toEqual([
      'interactions',
      'statistics',
      'suggestions',
    ]);
    expect(await titles()).toEqual(['After', 'Held']);
    expect(await checkpointOf(access)).toMatchObject({ position: 3n, stopped: false });
  });

  it('of a newer version is held, not skipped', async () => {
    const held = newRecord();
    await record(held, { title: 'Held' });
    await poison(held, { type: 'InteractionUpdated', data: { title: 'From the future' } }, 99);
    await test.project([interactions]);
    expect(await letters()).toMatchObject([{ error: expect.stringContaining('knows it up to version 1') }]);
  });

  it('in a stream that no projection takes is passed over', async () => {
    const position = await poison('security-1', { type: 'DoorSlammed', data: {} });
    await test.project();
    expect(await letters()).toEqual([]);
    expect(await checkpointOf(interactions)).toMatchObject({ position });
  });

  it('of a site stops the projection of sites with an alert, and no other', async () => {
    const { opened: alert, open: tell } = createGate<unknown>();
    const destination = { write: (line: string) => tell(JSON.parse(line)) };
    const logger = createLogger({ component: 'test', level: 'error', destination });
    await plant(test, { stream: `site-${site}`, siteId: site, event: { type: 'SiteDreamt', data: {} } });
    const position = await record(newRecord(), { title: 'After' });
    const projector = start({ projections: [access, interactions], logger });
    await expect(projector.whenCaughtUp(position)).rejects.toThrow('The projection access has stopped');
    expect(await alert).toMatchObject({ alert: true, projection: 'access', kind: 'must-stop' });
    await expect.poll(titles).toEqual(['After']);
    expect(await letters()).toEqual([]);
    const last_error = expect.stringContaining('its type is unknown');
    expect(await checkpointOf(access)).toMatchObject({ position: 0n, stopped: true, last_error });
    expect(projector.status().find(({ name }) => name === 'access')).toMatchObject({ state: 'stopped' });
  });
});

describe('a projection that has stopped', () => {
  const stopAccess = async () => {
    await test.owner.query("alter table read.sites_v1 add constraint no_bad_names check (name <> 'Bad')");
    const position = await test.record({ stream: `site-${site}`, siteId: site, events: [siteCreated('Bad')] });
    const projector = start({ projections: [access] });
    await expect(projector.whenCaughtUp(position)).rejects.toThrow('constraint no_bad_names');
    await test.owner.query('alter table read.sites_v1 drop constraint no_bad_names');
    return { projector, position };
  };
  const resume = () => test.owner.query('update read.projection_checkpoints set stopped = false, last_error = null');

  it('goes on when an operator resumes it, without a restart', async () => {
    const { projector, position } = await stopAccess();
    await resume();
    await expect.poll(() => checkpointOf(access), { timeout: 8_000 }).toMatchObject({ position, stopped: false });
    await projector.whenCaughtUp(position);
    expect(projector.status()).toMatchObject([{ state: 'live', lastError: undefined }]);
  });

  it('stays stopped when the projector is started again, and says why', async () => {
    const { projector, position } = await stopAccess();
    await projector.stop();
    const restarted = start({ projections: [access], seizeLeases: true });
    await expect(restarted.whenCaughtUp(position)).rejects.toThrow('constraint no_bad_names');
    await resume();
    await expect.poll(() => checkpointOf(access), { timeout: 8_000 }).toMatchObject({ position });
  });
});

describe('records that cannot be projected', () => {
  const plantMany = async (count: number): Promise<bigint> => {
    for (let planted = 0; planted < count; planted += 1) await poison(newRecord(), unknownType);
    return record(newRecord(), { title: 'After' });
  };

  it('may be twenty in a minute', async () => {
    const position = await plantMany(20);
    await test.project([suggestions]);
    expect(await letters()).toHaveLength(20);
    expect(await checkpointOf(suggestions)).toMatchObject({ position });
  });

  it('stop the projection when they are more', async () => {
    const position = await plantMany(21);
    const projector = start({ projections: [suggestions] });
    await expect(projector.whenCaughtUp(position)).rejects.toThrow('More than 20 records');
    expect(await letters()).toHaveLength(20);
    expect(await checkpointOf(suggestions)).toMatchObject({ position: 20n, stopped: true });
  });
});

describe('a dead letter', () => {
  const holdTwo = async () => {
    const held = newRecord();
    const { projection, broken } = fragile(interactions, 'InteractionUpdated');
    broken.add('first').add('second');
    await record(held, { title: 'Held' });
    await change(held, 'first');
    await change(held, 'between');
    const second = await change(held, 'second');
    await test.record({ stream: held, siteId: site, events: [updated({ lead: 'Ann' })] });
    const projector = start({ projections: [projection] });
    const position = await record(newRecord(), { title: 'Other' });
    await projector.whenCaughtUp(position);
    return { projector, broken, second, held, position };
  };

  it('is resolved by a retry after the fix: rows, generation and announcement as if nothing had been', async () => {
    const { projector, broken, held } = await holdTwo();
    expect(await letters()).toMatchObject([{ waiting_events: 3 }]);
    broken.clear();
    const announced = test.announced.length;
    expect(await settle(projector, interactions, 'retry')).toBe('resolved');
    expect(await titles()).toEqual(['Other', 'second']);
    expect(test.announced.slice(announced)).toEqual([
      { projection: 'interactions', siteId: site, generation: '7', ids: [held.replace('interaction-', '')] },
    ]);
    expect(await letters()).toMatchObject([{ state: 'resolved', waiting_events: 0 }]);
    expect((await test.verify(interactions)).differences).toEqual([]);
    await projector.whenCaughtUp(await change(held, 'goes on'));
    expect(await titles()).toEqual(['goes on', 'Other']);
    expect(test.announced.at(-1)).toMatchObject({ generation: '8' });
  });

  it('stays when a retry fails again, at the event that is in the way then', async () => {
    const { projector, broken, second } = await holdTwo();
    expect(await settle(projector, interactions, 'retry')).toContain('still-held: Event 2 ');
    expect(await letters()).toMatchObject([{ position: 2n, waiting_events: 3, state: 'parked' }]);
    broken.delete('first');
    expect(await settle(projector, interactions, 'retry')).toContain(`still-held: Event ${second} `);
    expect(await letters()).toMatchObject([{ position: second, waiting_events: 1, state: 'parked' }]);
    expect(await titles()).toEqual(['between', 'Other']);
    broken.clear();
    expect(await settle(projector, interactions, 'retry')).toBe('resolved');
    expect((await test.verify(interactions)).differences).toEqual([]);
  });

  it('that is skipped leaves the event out for good, also when everything is projected once more', async () => {
    const held = newRecord();
    await record(held, { title: 'Held' });
    await poison(held, refusedByDatabase);
    const position = await test.record({ stream: held, siteId: site, events: [updated({ lead: 'Ann' })] });
    const projector = start({ projections: [interactions] });
    await projector.whenCaughtUp(position);
    expect(await settle(projector, interactions, 'skip')).toBe('skipped');
    await projector.stop();
    const rows = async () => (await test.owner.query('select title, lead, revision from read.interactions_v1')).rows;
    expect(await rows()).toEqual([{ title: 'Held', lead: 'Ann', revision: 2 }]);
    for (let time = 0; time < 2; time += 1) {
      await test.rewind(interactions);
      await test.project([interactions]);
      expect(await rows()).toEqual([{ title: 'Held', lead: 'Ann', revision: 2 }]);
    }
    expect(await letters()).toMatchObject([{ state: 'skipped' }]);
    expect((await test.verify(interactions)).differences).toEqual([]);
  });

  it('that is skipped makes room for the next one in the same record', async () => {
    const { projector, second } = await holdTwo();
    expect(await settle(projector, interactions, 'skip')).toContain(`still-held: Event ${second} `);
    expect(await letters()).toMatchObject([
      { position: 2n, state: 'skipped' },
      { position: second, state: 'parked', waiting_events: 1 },
    ]);
    expect(await settle(projector, interactions, 'skip')).toBe('skipped');
    expect(await titles()).toEqual(['between', 'Other']);
    expect((await test.verify(interactions)).differences).toEqual([]);
  });

  it('can be asked about only where it is, and once', async () => {
    const { projector } = await holdTwo();
    const [letter] = await letters();
    expect(await settle(projector, interactions, 'retry', randomUUID())).toBe('not-found');
    expect(await settle(projector, interactions, 'skip')).toContain('still-held');
    expect(await settle(projector, interactions, 'skip', letter?.id)).toBe('not-found');
    const standby = start({ projections: [interactions] });
    await expect.poll(() => standby.status()[0]?.state).toBe('standby');
    expect(await settle(standby, interactions, 'retry')).toBe('not-leading');
  });
});
