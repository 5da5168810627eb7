import { randomUUID } from 'node:crypto';
import { interactionStream } from '@ims/contracts/ids';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { brusselsTime, created, deleted, purged, restored, statusChanged, updated } from '../testing/events.ts';
import { createTestProjector, type TestProjector } from '../testing/test-projector.ts';
import { interactions } from './projection.ts';

const site = randomUUID();
const [author, editor] = [randomUUID(), randomUUID()];
let test: TestProjector;
beforeAll(async () => {
  test = await createTestProjector();
});
afterAll(() => test.stop());

const recordInteraction = async (...events: Parameters<typeof test.record>[0]['events']): Promise<string> => {
  const id = randomUUID();
  await test.record({ stream: interactionStream(id), siteId: site, actorId: author, events: events.slice(0, 1) });
  if (events.length > 1) await recordMore(id, ...events.slice(1));
  return id;
};

const recordMore = (id: string, ...events: Parameters<typeof test.record>[0]['events']) =>
  test.record({
    stream: interactionStream(id),
    siteId: site,
    actorId: editor,
    occurredAt: '2026-03-02T10:00:00.000Z',
    events,
  });

const rowOf = async (id: string): Promise<Record<string, unknown> | undefined> => {
  const { rows } = await test.owner.query('select * from read.interactions_v1 where site_id = $1 and id = $2', [
    site,
    id,
  ]);
  return rows[0];
};

it('shows a new record with its fields, its instants and who made it', async () => {
  const id = await recordInteraction(created());
  await test.project([interactions]);
  expect(await rowOf(id)).toMatchObject({
    title: 'Budget review',
    start_local: '2026-03-15T14:30',
    start_utc: new Date('2026-03-15T13:30:00Z'),
    end_utc: new Date('2026-03-15T14:30:00Z'),
    status: 'complete',
    revision: 0,
    created_by: author,
    created_at: new Date('2026-03-01T09:00:00Z'),
    updated_by: author,
    deleted_at: null,
  });
});

it('changes only the fields that were changed, and says who did it and when', async () => {
  const id = await recordInteraction(created(), updated({ title: 'Budget', start: brusselsTime('2026-03-16T09:00') }));
  await test.project([interactions]);
  expect(await rowOf(id)).toMatchObject({
    title: 'Budget',
    lead: 'Jérémy Dubois',
    start_local: '2026-03-16T09:00',
    end_local: '2026-03-15T15:30',
    revision: 1,
    created_by: author,
    updated_by: editor,
    updated_at: new Date('2026-03-02T10:00:00Z'),
  });
});

it('keeps the status of a record in the bin and after it comes back', async () => {
  const id = await recordInteraction(created(), statusChanged('active'), deleted);
  await test.project([interactions]);
  expect(await rowOf(id)).toMatchObject({ status: 'active', deleted_by: editor, revision: 2 });
  await recordMore(id, restored);
  await test.project([interactions]);
  expect(await rowOf(id)).toMatchObject({ status: 'active', deleted_by: null, deleted_at: null, revision: 3 });
});

it('sorts a draft without times after everything else', async () => {
  const id = await recordInteraction(created({ start: null, end: null, status: 'draft' }));
  await test.project([interactions]);
  expect(await rowOf(id)).toMatchObject({ start_local: null, start_utc: Number.POSITIVE_INFINITY });
});

it('removes a purged record', async () => {
  const id = await recordInteraction(created(), deleted, purged);
  await test.project([interactions]);
  expect(await rowOf(id)).toBeUndefined();
});

it('shows nothing of a record whose content was erased, whatever happens to it afterwards', async () => {
  const [erased, erasedLater] = [await recordInteraction(created()), await recordInteraction(created())];
  await test.keyStore.erase(interactionStream(erased));
  test.codec.forget(interactionStream(erased));
  await recordMore(erased, statusChanged('active'), deleted, restored);
  await test.project([interactions]);
  expect(await rowOf(erased)).toBeUndefined();
  const last = await recordMore(erasedLater, updated({ title: 'Secret' }));
  await test.keyStore.erase(interactionStream(erasedLater));
  test.codec.forget(interactionStream(erasedLater));
  await test.project([interactions]);
  expect(await rowOf(erasedLater)).toBeUndefined();
  expect(last).toBe(await test.log.headPosition());
});

it('gives the same rows when everything is projected a second time', async () => {
  await test.project([interactions]);
  const rows = () => test.owner.query('select * from read.interactions_v1 order by id').then((result) => result.rows);
  const before = await rows();
  await test.rewind(interactions);
  await test.project([interactions]);
  expect(before.length).toBeGreaterThan(3);
  expect(await rows()).toEqual(before);
  expect((await test.verify(interactions)).differences).toEqual([]);
});
