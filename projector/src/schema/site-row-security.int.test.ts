import { randomUUID } from 'node:crypto';
import { interactionStream } from '@ims/contracts/ids';
import { inTransaction } from '@ims/platform/database/transaction';
import type pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { created } from '../testing/events.ts';
import { createTestProjector, type TestProjector } from '../testing/test-projector.ts';

const [ours, theirs] = [randomUUID(), randomUUID()];
let test: TestProjector;
beforeAll(async () => {
  test = await createTestProjector();
  for (const siteId of [ours, theirs]) {
    await test.record({ stream: interactionStream(randomUUID()), siteId, events: [created()] });
  }
  await test.project();
});
afterAll(() => test.stop());

const asReaderOf = <Result>(
  site: string | undefined,
  work: (client: pg.PoolClient) => Promise<Result>,
): Promise<Result> =>
  inTransaction(test.queries, async (client) => {
    if (site) await client.query("select set_config('ims.site', $1, true)", [site]);
    return work(client);
  });

const siteTables = ['interactions_v1', 'interaction_counts_v1', 'interaction_suggestions_v1'];

it.each(siteTables)('shows no row of %s to somebody who has entered no site', async (table) => {
  const rows = await asReaderOf(undefined, (client) => client.query(`select site_id from read.${table}`));
  expect(rows.rows).toEqual([]);
});

it.each(siteTables)('shows only the rows of the site entered, of %s', async (table) => {
  const all = await asReaderOf(ours, (client) => client.query(`select distinct site_id from read.${table}`));
  expect(all.rows).toEqual([{ site_id: ours }]);
  const foreign = await asReaderOf(ours, (client) =>
    client.query(`select site_id from read.${table} where site_id = $1`, [theirs]),
  );
  expect(foreign.rows).toEqual([]);
});

it('lets nobody read a partition directly', async () => {
  const partition = `read.interactions_v1_${theirs.replaceAll('-', '')}`;
  for (const site of [ours, theirs]) {
    await expect(asReaderOf(site, (client) => client.query(`select from ${partition}`))).rejects.toMatchObject({
      code: '42501',
    });
  }
  const { rows } = await test.owner.query(
    'select relrowsecurity, relforcerowsecurity from pg_class where oid = $1::regclass',
    [partition],
  );
  expect(rows).toEqual([{ relrowsecurity: true, relforcerowsecurity: true }]);
});

it('lets a reader change nothing', async () => {
  await expect(
    asReaderOf(ours, (client) => client.query("update read.interactions_v1 set title = ''")),
  ).rejects.toMatchObject({ code: '42501' });
});

it('makes the partition of a site once, however many ask for it at the same time', async () => {
  const site = randomUUID();
  const answers = await Promise.all(
    Array.from({ length: 5 }, () =>
      test.pool.query<{ made: boolean }>('select read.ensure_site_partition($1, $2) as made', [
        'interactions_v1',
        site,
      ]),
    ),
  );
  expect(answers.filter(({ rows }) => rows[0]?.made)).toHaveLength(1);
});

it('does not wait behind somebody who reads, and makes nobody wait', async () => {
  await asReaderOf(ours, async (reader) => {
    await reader.query('select from read.interactions_v1');
    const made = await test.pool.query('select read.ensure_site_partition($1, $2) as made', [
      'interactions_v1',
      randomUUID(),
    ]);
    expect(made.rows).toEqual([{ made: true }]);
  });
});

it('makes partitions of tables that are partitioned by site, and of nothing else', async () => {
  await expect(
    test.pool.query('select read.ensure_site_partition($1, $2)', ['users_v1', randomUUID()]),
  ).rejects.toMatchObject({ code: '22023' });
});
