import { randomUUID } from 'node:crypto';
import { interactionStream } from '@ims/contracts/ids';
import { inTransaction } from '@ims/platform/database/transaction';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { brusselsTime, created, deleted } from '../testing/events.ts';
import { createTestProjector, type TestProjector } from '../testing/test-projector.ts';
import { interactions } from './projection.ts';

const [site, otherSite] = [randomUUID(), randomUUID()];
let test: TestProjector;
beforeAll(async () => {
  test = await createTestProjector();
  const record = (title: string, changes: Parameters<typeof created>[0] = {}, siteId = site) =>
    test.record({ stream: interactionStream(randomUUID()), siteId, events: [created({ title, ...changes })] });
  await record('Budget 10', { start: brusselsTime('2026-03-20T10:00'), type: 'Call' });
  await record('Budget 2', { notes: 'confidential', start: brusselsTime('2026-03-19T10:00') });
  await record('Élan review', { lead: 'x@acme.com', description: 'of the budget', start: null, status: 'draft' });
  await record('Budget elsewhere', {}, otherSite);
  const binned = interactionStream(randomUUID());
  await test.record({ stream: binned, siteId: site, events: [created({ title: 'Budget in the bin' }), deleted] });
  await test.project([interactions]);
});
afterAll(() => test.stop());

type Search = { filters?: Record<string, unknown>; sort?: string; limit?: number; offset?: number; as?: string };

const search = (query: string, { filters = {}, sort = 'title:asc', limit = 25, offset = 0, as = site }: Search = {}) =>
  inTransaction(test.queries, async (client) => {
    await client.query("select set_config('ims.site', $1, true)", [as]);
    const { rows } = await client.query<{ title: string }>(
      'select title from read.search_interactions_v1($1, $2, $3, $4, $5, $6)',
      [site, query, JSON.stringify(filters), sort.split(','), limit, offset],
    );
    const counted = await client.query<{ count: bigint }>(
      'select read.count_search_interactions_v1($1, $2, $3, 10000) as count',
      [site, query, JSON.stringify(filters)],
    );
    if (limit === 25) expect(Number(counted.rows[0]?.count)).toBe(rows.length);
    return rows.map(({ title }) => title);
  });

const everyStep = ['before', 'after'] as const;

it.each(everyStep)('finds words in every field, in the order asked for, %s statistics were gathered', async (when) => {
  if (when === 'after') await test.owner.query('analyze read.interactions_v1');
  expect(await search("'budget'")).toEqual(['Budget 2', 'Budget 10', 'Élan review']);
  expect(await search("'budget'", { sort: 'startDateTime:asc' })).toEqual(['Budget 2', 'Budget 10', 'Élan review']);
  expect(await search("'budget'", { sort: 'type:desc,title:desc' })).toEqual(['Élan review', 'Budget 2', 'Budget 10']);
  expect(await search("'budget'", { sort: 'location:asc', limit: 1, offset: 1 })).toHaveLength(1);
  expect(await search("'bud':*", { limit: 2, offset: 1 })).toEqual(['Budget 10', 'Élan review']);
  expect(await search("'nobody'")).toEqual([]);
});

it('ignores accents and case, and finds parts of addresses and dates', async () => {
  expect(await search("'elan'")).toEqual(['Élan review']);
  expect(await search("'ACME'")).toEqual(['Élan review']);
  expect(await search("'2026' <-> '03' <-> '19'")).toEqual(['Budget 2']);
});

it('finds a word in one field alone when asked for that field', async () => {
  expect(await search("'bud':*A")).toEqual(['Budget 2', 'Budget 10']);
  expect(await search("'acme':*B")).toEqual(['Élan review']);
  expect(await search("'acme':*C")).toEqual([]);
});

it('applies the filters, one value or several', async () => {
  expect(await search("'budget'", { filters: { types: ['Call'] }, sort: 'startDateTime:desc' })).toEqual(['Budget 10']);
  expect(await search("'budget'", { filters: { statuses: ['draft', 'active'] } })).toEqual(['Élan review']);
  expect(await search("'budget'", { filters: { timezones: ['Asia/Tokyo'] } })).toEqual([]);
  expect(await search("'budget'", { filters: { createdBy: [randomUUID()] } })).toEqual([]);
  expect(await search("'budget'", { filters: { startFrom: '2026-03-19T10:00:00Z' } })).toEqual(['Budget 10']);
  expect(await search("'budget'", { filters: { startTo: '2026-03-20T09:00:00Z' } })).toEqual(['Budget 2']);
});

it('tells those who may not read notes nothing of them, neither by finding nor by leaving out', async () => {
  const withoutNotes = { filters: { withoutNotes: true } };
  expect(await search("'confidential'")).toEqual(['Budget 2']);
  expect(await search("'confidential'", withoutNotes)).toEqual([]);
  expect(await search("'budget' & !'confidential'", withoutNotes)).toEqual(['Budget 2', 'Budget 10', 'Élan review']);
  expect(await search("!'confidential'", withoutNotes)).toEqual(['Budget 2', 'Budget 10', 'Élan review']);
});

it('refuses another site than the one entered, and a sort that is not on the list', async () => {
  await expect(search("'budget'", { as: otherSite })).rejects.toMatchObject({ code: '42501' });
  await expect(search("'budget'", { sort: 'id; drop table read.users_v1:asc' })).rejects.toMatchObject({
    code: '22023',
  });
  await expect(search("'budget'", { sort: 'title:sideways' })).rejects.toMatchObject({ code: '22023' });
});
