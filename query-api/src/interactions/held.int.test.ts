import { randomUUID } from 'node:crypto';
import { startProjector } from '@ims/projector/app';
import { readMigrations } from '@ims/projector/migrations';
import { projections } from '@ims/projector/projections';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createWorld, type World } from '../testing/world.ts';

let world: World;
let owner: pg.Client;
let site: string;
let anna: string;
let held: string;
let binned: string;

beforeAll(async () => {
  world = await createWorld({
    migrations: readMigrations,
    startProjector: (parts) => startProjector({ ...parts, projections, seizeLeases: true }),
  });
  const { situation } = world;
  anna = await situation.user('Anna Smith');
  site = await situation.site('Brussels');
  await situation.role(site, anna, 'administrator');
  held = await situation.interaction(site, anna, { title: 'Held back' });
  binned = await situation.interaction(site, anna, { title: 'Gone' });
  await situation.interaction(site, anna, { title: 'Current' });
  await situation.change(site, anna, binned, { type: 'InteractionDeleted', data: {} });
  await world.settled();
  await world.projector.stop();
  owner = new pg.Client({ connectionString: world.database.url() });
  await owner.connect();
});

afterAll(async () => {
  await owner.end();
  await world.close();
});

/** Parking and settling make the site's rows new, as the projector does. */
const inBooks = async (text: string, values: readonly unknown[]): Promise<void> => {
  await owner.query(text, [...values]);
  await owner.query(
    `update read.site_generations set generation = generation + 1 where site_id = $1 and projection = 'interactions'`,
    [site],
  );
};

const park = (id: string, projection = 'interactions', version = 1): Promise<void> =>
  inBooks(
    `insert into read.dead_letters
       (id, projection, version, stream, site_id, position, revision, event_id, event_type, error)
     values ($1, $2, $3, $4, $5, 1, 1, $1, 'InteractionUpdated', 'Planted')`,
    [randomUUID(), projection, version, `interaction-${id}`, site],
  );

/** The titles that carry the mark, wherever records are shown; told, so that no answer is older than this question. */
const marked = async (): Promise<Record<string, string[]>> => {
  const told = { 'cache-control': 'no-cache' };
  const titles = (records: { title: string; held?: boolean }[]) =>
    records.filter((record) => record.held).map(({ title }) => title);
  const [list, search, bin, record] = await Promise.all(
    ['', '?search=held', '/bin', `/${held}`].map((path) => world.get(anna, site, `/api/v1/interactions${path}`, told)),
  );
  return {
    list: titles(list?.body.interactions),
    search: titles(search?.body.interactions),
    bin: titles(bin?.body.interactions),
    record: titles([record?.body.interaction]),
  };
};

const nowhere = { list: [], search: [], bin: [], record: [] };

test('a record whose event could not be projected says so wherever it is shown, until that is settled', async () => {
  expect(await marked()).toEqual(nowhere);
  await park(held);
  const shown = { list: ['Held back'], search: ['Held back'], bin: [], record: ['Held back'] };
  expect(await marked()).toEqual(shown);
  await park(binned);
  expect(await marked()).toEqual({ ...shown, bin: ['Gone'] });
  await inBooks(`update read.dead_letters set state = 'resolved', settled_at = now() where site_id = $1`, [site]);
  expect(await marked()).toEqual(nowhere);
});

test('what another projection or another version could not take does not concern the reader', async () => {
  await park(held, 'statistics');
  await park(held, 'interactions', 2);
  expect(await marked()).toEqual(nowhere);
});
