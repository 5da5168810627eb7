import { randomUUID } from 'node:crypto';
import type { DomainEvent } from '@ims/contracts/event-catalogue';
import { interactionStream } from '@ims/contracts/ids';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { created, deleted, purged, restored, statusChanged, updated } from '../testing/events.ts';
import { createTestProjector, type TestProjector } from '../testing/test-projector.ts';
import { statistics } from './projection.ts';

let test: TestProjector;
beforeAll(async () => {
  test = await createTestProjector();
});
afterAll(() => test.stop());

const record = (siteId: string, ...events: DomainEvent[]) =>
  test.record({ stream: interactionStream(randomUUID()), siteId, events });

const countsOf = async (site: string): Promise<Record<string, number>> => {
  await test.project([statistics]);
  const { rows } = await test.owner.query<{ what: string; uses: bigint }>(
    `select concat_ws(' ', dimension, nullif(value, '')) as what, uses from read.interaction_counts_v1 where site_id = $1`,
    [site],
  );
  return Object.fromEntries(rows.map(({ what, uses }) => [what, Number(uses)]));
};

it('counts the records of a site in all, by type and by status', async () => {
  const site = randomUUID();
  await record(site, created());
  await record(site, created({ type: 'Call' }), statusChanged('active'));
  await record(randomUUID(), created());
  expect(await countsOf(site)).toEqual({
    all: 2,
    'type Meeting': 1,
    'type Call': 1,
    'status complete': 1,
    'status active': 1,
  });
});

it('counts a record where it is now, not where it was', async () => {
  const site = randomUUID();
  await record(site, created(), updated({ type: 'Visit' }), statusChanged('archived'));
  expect(await countsOf(site)).toEqual({ all: 1, 'type Visit': 1, 'status archived': 1 });
});

it('counts records in the bin apart, and purged ones nowhere', async () => {
  const site = randomUUID();
  await record(site, created(), deleted);
  await record(site, created(), deleted, restored);
  await record(site, created(), deleted, purged);
  expect(await countsOf(site)).toEqual({ all: 1, bin: 1, 'type Meeting': 1, 'status complete': 1 });
});

it('counts nothing twice when everything is projected a second time', async () => {
  const site = randomUUID();
  await record(site, created(), deleted, purged);
  await record(site, created());
  const before = await countsOf(site);
  await test.rewind(statistics);
  expect(await countsOf(site)).toEqual(before);
  expect((await test.verify(statistics)).differences).toEqual([]);
});
