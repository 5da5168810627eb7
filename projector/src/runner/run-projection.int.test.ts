import { randomUUID } from 'node:crypto';
import { interactionStream } from '@ims/contracts/ids';
import type { EventLog } from '@ims/platform/event-log/event-log';
import { createLogger, type Logger } from '@ims/platform/observability/logger';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Projector } from '../app.ts';
import { interactions } from '../interactions/projection.ts';
import { created, updated } from '../testing/events.ts';
import { createGate } from '../testing/gate.ts';
import { createTestProjector, type TestProjector } from '../testing/test-projector.ts';
import { acquireLease, Fenced, releaseLease } from './checkpoints.ts';
import type { Projection } from './projection.ts';
import { writeBatch } from './write-batch.ts';

const site = randomUUID();
let test: TestProjector;
beforeEach(async () => {
  test = await createTestProjector();
});
afterEach(() => test.stop());

const recordInteraction = (title: string): Promise<bigint> =>
  test.record({ stream: interactionStream(randomUUID()), siteId: site, events: [created({ title })] });

const titles = async (): Promise<readonly string[]> => {
  const { rows } = await test.owner.query<{ title: string }>(
    'select title from read.interactions_v1 order by position',
  );
  return rows.map(({ title }) => title);
};

const stateOf = (projector: Projector, { name }: Projection) =>
  projector.status().find((status) => status.name === name)?.state;

it('projects what was recorded before it started and what comes later, and announces it', async () => {
  const first = await recordInteraction('before');
  const projector = test.start();
  await projector.whenCaughtUp(first);
  const second = await recordInteraction('after');
  await projector.whenCaughtUp(second);
  expect(await titles()).toEqual(['before', 'after']);
  expect(test.announced.filter(({ projection }) => projection === 'interactions')).toEqual([
    { projection: 'interactions', siteId: site, generation: '1', ids: [expect.any(String)] },
    { projection: 'interactions', siteId: site, generation: '2', ids: [expect.any(String)] },
  ]);
});

it('keeps checkpoint, rows and generation together', async () => {
  await recordInteraction('one');
  await test.record({
    stream: 'system',
    events: [{ type: 'SystemRoleGranted', data: { userId: site, role: 'auditor' } }],
  });
  await test.project();
  const checkpoints = await test.owner.query('select distinct position from read.projection_checkpoints');
  expect(checkpoints.rows).toEqual([{ position: 2n }]);
  const generations = await test.owner.query(
    'select projection, generation from read.site_generations where site_id = $1 order by projection',
    [site],
  );
  expect(generations.rows).toEqual(
    ['interactions', 'statistics', 'suggestions'].map((projection) => ({ projection, generation: 1n })),
  );
});

it('folds several events of one record in one batch', async () => {
  const stream = interactionStream(randomUUID());
  await test.record({
    stream,
    siteId: site,
    events: [created(), updated({ title: 'Second' }), updated({ lead: 'Ann' })],
  });
  await test.project([interactions]);
  const { rows } = await test.owner.query('select title, lead, revision from read.interactions_v1');
  expect(rows).toEqual([{ title: 'Second', lead: 'Ann', revision: 2 }]);
});

describe('two projectors', () => {
  it('never write the same projection at the same time: a paused twin is shut out', async () => {
    const [paused, resumed] = [createGate(), createGate()];
    const sleepy: EventLog = {
      ...test.log,
      readAll: async (after, limit) => {
        const events = await test.log.readAll(after, limit);
        if (events.length === 0) return events;
        paused.open();
        await resumed.opened;
        return events;
      },
    };
    const twin = test.start({ projections: [interactions], log: sleepy });
    const position = await recordInteraction('one');
    await paused.opened;
    const successor = test.start({ projections: [interactions], seizeLeases: true });
    await successor.whenCaughtUp(position);
    const generationBefore = test.announced.length;
    resumed.open();
    await twin.whenCaughtUp(position);
    expect(stateOf(twin, interactions)).toBe('standby');
    expect(await titles()).toEqual(['one']);
    expect(test.announced).toHaveLength(generationBefore);
  });

  it('refuse a batch under a lease that was taken over, and write nothing of it', async () => {
    await recordInteraction('one');
    const lease = await acquireLease(test.pool, interactions, { owner: randomUUID(), seize: false });
    if (!lease) throw new Error('The lease was not free');
    await acquireLease(test.pool, interactions, { owner: randomUUID(), seize: true });
    const page = { after: 0n, last: 1n, events: [], isFull: false };
    await expect(writeBatch(test.pool, interactions, lease, { page, touched: [] })).rejects.toBeInstanceOf(Fenced);
    const { rows } = await test.owner.query('select position from read.projection_checkpoints');
    expect(rows).toEqual([{ position: 0n }]);
  });

  it('take over a lease when it is given back or has expired, and not before', async () => {
    const [one, other] = [randomUUID(), randomUUID()];
    const take = (owner: string) => acquireLease(test.pool, interactions, { owner, seize: false });
    const first = await take(one);
    expect(await take(other)).toBeUndefined();
    await test.owner.query("update read.projection_checkpoints set lease_expires_at = now() - interval '1 second'");
    const second = await take(other);
    expect(second?.fence).toBe((first?.fence ?? 0n) + 1n);
    if (second) await releaseLease(test.pool, interactions, second);
    expect(await take(one)).toBeDefined();
  });

  it('go on where the other stopped', async () => {
    const first = await recordInteraction('one');
    const one = test.start();
    await one.whenCaughtUp(first);
    await one.stop();
    const other = test.start();
    await other.whenCaughtUp(await recordInteraction('two'));
    expect(await titles()).toEqual(['one', 'two']);
  });
});

const bookOf = async ({ name }: Projection) => {
  const { rows } = await test.owner.query(
    `select position, owner is not null as is_led, processed, events_per_second > 0 as has_rate, epoch, last_event_at,
       reported_at is not null as has_reported from read.projection_checkpoints where projection = $1`,
    [name],
  );
  return rows[0];
};

it('tells operators how far it is, how fast, and when what it has seen last happened', async () => {
  const projector = test.start({ projections: [interactions] });
  await projector.whenCaughtUp(await recordInteraction('one'));
  await projector.whenCaughtUp(await recordInteraction('two'));
  await expect
    .poll(() => bookOf(interactions), { timeout: 5_000 })
    .toMatchObject({
      position: 2n,
      processed: 2n,
      has_rate: true,
      has_reported: true,
      epoch: 1,
      last_event_at: new Date('2026-03-01T09:00:00.000Z'),
    });
});

it('waits while it is paused, gives its lease back, and goes on when it is resumed', async () => {
  const projector = test.start({ projections: [interactions] });
  await projector.whenCaughtUp(await recordInteraction('one'));
  await test.owner.query('update read.projection_checkpoints set paused = true');
  await expect.poll(() => bookOf(interactions), { timeout: 5_000 }).toMatchObject({ is_led: false });
  const position = await recordInteraction('two');
  await expect.poll(() => stateOf(projector, interactions)).toBe('paused');
  expect(await titles()).toEqual(['one']);
  await test.owner.query('update read.projection_checkpoints set paused = false');
  await projector.whenCaughtUp(position);
  expect(await titles()).toEqual(['one', 'two']);
});

/** A logger that tells of its first line at a level. */
const listeningLogger = (level: 'warn' | 'error'): { logger: Logger; firstLine: Promise<Record<string, unknown>> } => {
  const { opened: firstLine, open: tell } = createGate<Record<string, unknown>>();
  const write = (line: string): void => tell(JSON.parse(line) as Record<string, unknown>);
  return { logger: createLogger({ component: 'test', level, destination: { write } }), firstLine };
};

describe('a failure', () => {
  it('of the database is tried again until it is over', async () => {
    await test.owner.query('revoke insert on read.interactions_v1 from ims_projector');
    const { logger, firstLine } = listeningLogger('warn');
    const projector = test.start({ projections: [interactions], logger });
    const position = await recordInteraction('one');
    await firstLine;
    expect(projector.status()[0]).toMatchObject({
      state: 'retrying',
      lastError: expect.stringContaining('permission'),
    });
    await test.owner.query('grant insert on read.interactions_v1 to ims_projector');
    await projector.whenCaughtUp(position);
    expect(projector.status()[0]?.lastError).toBeUndefined();
    expect(await titles()).toEqual(['one']);
  });

  it('to find its own checkpoint in the log stops it: the log was restored, the tables were not', async () => {
    await recordInteraction('one');
    await test.project([interactions]);
    await test.owner.query('update read.projection_checkpoints set position = 7');
    const { logger, firstLine } = listeningLogger('error');
    const projector = test.start({ projections: [interactions], logger });
    expect(await firstLine).toMatchObject({ alert: true, kind: 'log-behind' });
    expect(projector.status()[0]).toMatchObject({ state: 'stopped' });
    await expect(projector.whenCaughtUp(8n)).rejects.toThrow('rebuild');
  });

  it('to find the log in the epoch that it knows stops it: positions mean something else now', async () => {
    await recordInteraction('one');
    await test.project([interactions]);
    await test.owner.query('insert into event_log.epochs (epoch, reason) values (2, $1)', ['restored']);
    const { logger, firstLine } = listeningLogger('error');
    const projector = test.start({ projections: [interactions], logger });
    expect(await firstLine).toMatchObject({ alert: true, kind: 'log-behind' });
    expect(projector.status()[0]?.lastError).toContain('rebuild');
    const { rows } = await test.owner.query(
      "select stopped, last_error from read.projection_checkpoints where projection = 'interactions'",
    );
    expect(rows).toEqual([{ stopped: true, last_error: expect.stringContaining('rebuild') }]);
  });
});
