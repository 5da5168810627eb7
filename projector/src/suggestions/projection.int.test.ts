import { randomUUID } from 'node:crypto';
import type { DomainEvent } from '@ims/contracts/event-catalogue';
import { interactionStream } from '@ims/contracts/ids';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { created, deleted, updated } from '../testing/events.ts';
import { createTestProjector, type TestProjector } from '../testing/test-projector.ts';
import { suggestions } from './projection.ts';

let test: TestProjector;
beforeAll(async () => {
  test = await createTestProjector();
});
afterAll(() => test.stop());

const record = (siteId: string, ...events: DomainEvent[]) =>
  test.record({ stream: interactionStream(randomUUID()), siteId, events });

const suggestionsOf = async (site: string): Promise<readonly unknown[]> => {
  await test.project([suggestions]);
  const { rows } = await test.owner.query<{ field: string; value: string; folded: string; uses: bigint }>(
    `select field, value, folded, uses from read.interaction_suggestions_v1 where site_id = $1 order by field, value`,
    [site],
  );
  return rows.map(({ field, value, folded, uses }) => [field, value, folded, Number(uses)]);
};

it('remembers who led and where, how often, and how it is typed without accents', async () => {
  const site = randomUUID();
  await record(site, created({ lead: 'Jérémy Dubois', location: 'Łódź' }));
  await record(site, created({ lead: 'Jérémy Dubois', location: '' }));
  expect(await suggestionsOf(site)).toEqual([
    ['lead', 'Jérémy Dubois', 'jeremy dubois', 2],
    ['location', 'Łódź', 'lodz', 1],
  ]);
});

it('forgets a lead that no record names any more', async () => {
  const site = randomUUID();
  await record(site, created({ lead: 'Ann', location: 'Room 1' }), updated({ lead: 'Bob' }));
  await record(site, created({ lead: 'Cid', location: 'Room 1' }), deleted);
  expect(await suggestionsOf(site)).toEqual([
    ['lead', 'Bob', 'bob', 1],
    ['location', 'Room 1', 'room 1', 1],
  ]);
});

it('gives the same suggestions when everything is projected a second time', async () => {
  const site = randomUUID();
  await record(site, created());
  const before = await suggestionsOf(site);
  await test.rewind(suggestions);
  expect(await suggestionsOf(site)).toEqual(before);
  expect((await test.verify(suggestions)).differences).toEqual([]);
});
