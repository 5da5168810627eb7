import { randomUUID } from 'node:crypto';
import { interactionStream } from '@ims/contracts/ids';
import type pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { interactions } from './interactions/projection.ts';
import { openWith } from './runner/feed-event.ts';
import { statistics } from './statistics/projection.ts';
import { created } from './testing/events.ts';
import { plant } from './testing/poison.ts';
import { createTestProjector, type TestProjector } from './testing/test-projector.ts';
import { verifyProjection } from './verify.ts';

const site = randomUUID();
const ids = [randomUUID(), randomUUID(), randomUUID()].sort();
let test: TestProjector;
beforeAll(async () => {
  test = await createTestProjector();
  for (const id of ids) await test.record({ stream: interactionStream(id), siteId: site, events: [created()] });
  await test.project();
});
afterAll(() => test.stop());

it('finds nothing where nobody touched the tables', async () => {
  const { differences, position } = await test.verify(interactions);
  expect({ differences, position }).toEqual({ differences: [], position: 3n });
});

it('names a row that was changed, one that was removed and one that was put there by hand', async () => {
  const [changed, removed] = ids;
  const added = randomUUID();
  await test.owner.query('update read.interactions_v1 set title = $2 where id = $1', [changed, 'Forged']);
  await test.owner.query('delete from read.interactions_v1 where id = $1', [removed]);
  await test.owner.query("insert into read.interaction_facts_v1 values ($1, $2, 'Call', 'active', false, 1)", [
    site,
    added,
  ]);
  expect((await test.verify(interactions)).differences).toEqual([
    { table: 'interactions', key: { site_id: site, id: changed }, difference: 'different' },
    { table: 'interactions', key: { site_id: site, id: removed }, difference: 'missing' },
  ]);
  expect((await test.verify(statistics)).differences).toEqual([
    { table: 'interaction_facts', key: { site_id: site, id: added }, difference: 'unexpected' },
  ]);
});

it('names a count that is wrong', async () => {
  await test.owner.query("update read.interaction_counts_v1 set uses = 7 where dimension = 'all'");
  expect((await test.verify(statistics)).differences).toContainEqual({
    table: 'interaction_counts',
    key: { site_id: site, dimension: 'all', value: '' },
    difference: 'different',
  });
});

/** A pool whose connection runs `meanwhile` right after its first look into the projector's books. */
const poolWith = (meanwhile: () => Promise<void>): pg.Pool => {
  let looked = false;
  const connect = async () => {
    const client = await test.pool.connect();
    const query = async (text: string, values?: unknown[]) => {
      const result = await client.query(text, values);
      if (!looked && /read\.(dead_letters|projection_checkpoints)/.test(text)) {
        looked = true;
        await meanwhile();
      }
      return result;
    };
    return Object.create(client, { query: { value: query } }) as pg.PoolClient;
  };
  return Object.create(test.pool, { connect: { value: connect } }) as pg.Pool;
};

it('leaves out an event that is parked just when it begins', async () => {
  const [id = ''] = ids;
  const broken = await plant(test, {
    stream: interactionStream(id),
    siteId: site,
    event: { type: 'InteractionDreamt', data: {} },
  });
  const pool = poolWith(() => test.project());
  const verification = { pool, log: test.log, open: openWith(test.codec), projection: interactions };
  expect((await verifyProjection(verification)).position).toBe(broken);
});
