import { formatConsistencyToken } from '@ims/platform/http/consistency-token';
import { startProjector } from '@ims/projector/app';
import { readMigrations } from '@ims/projector/migrations';
import { projections } from '@ims/projector/projections';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type CachedCall, createCachedReads } from './cached-reads.ts';
import { createKnownStates } from './known-states.ts';
import { readStates } from './read-state.ts';
import { createSiteScope, type SiteSnapshot } from './site-scope.ts';
import { type Api, createWorld, lostMessages, type World } from './testing/world.ts';

let world: World;
/** Hears no message at all. */
let deaf: Api;
let site: string;
let otherSite: string;
let anna: string;
let vera: string;

beforeAll(async () => {
  world = await createWorld({
    migrations: readMigrations,
    startProjector: (parts) => startProjector({ ...parts, projections, seizeLeases: true }),
  });
  const { situation } = world;
  [anna, vera] = [await situation.user('Anna Smith'), await situation.user('Vera')];
  [site, otherSite] = [await situation.site('Brussels', { viewersSeeNotes: false }), await situation.site('Paris')];
  for (const of of [site, otherSite]) await situation.role(of, anna, 'editor');
  await situation.role(site, vera, 'viewer');
  await situation.interaction(site, anna, { title: 'Ours', notes: 'A secret word' });
  await situation.interaction(otherSite, anna, { title: 'Theirs' });
  await world.settled();
  deaf = await world.startApi({ messages: lostMessages });
});

afterAll(() => world.close());

const list = '/api/v1/interactions?total=exact&sort=title:asc';
const titlesFor = async (api: Api, user: string, of: string, url = list): Promise<string[]> => {
  const { status, body } = await api.get(user, of, url);
  expect(status).toBe(200);
  return body.interactions.map(({ title }: { title: string }) => title);
};

/** Asks again until the answer fits; how long that took, in milliseconds. */
const timeUntil = async (fits: () => Promise<boolean>): Promise<number> => {
  const startedAt = performance.now();
  while (!(await fits())) expect(performance.now() - startedAt).toBeLessThan(5_000);
  return performance.now() - startedAt;
};

/** The cache alone, over the real rows, which counts how often it read them. */
const countingCache = () => {
  const logger = deaf.app.log;
  const read = (sites: readonly string[]) => readStates(world.pool, sites);
  const known = createKnownStates({ read, lost: () => undefined, looked: () => undefined, logger });
  const scope = createSiteScope(world.pool, known);
  const cached = createCachedReads({ scope, known, version: 'test' });
  let reads = 0;
  const ask = (call: Partial<CachedCall> = {}) => {
    const question = { siteId: site, projections: ['interactions'], name: 'titles', query: 'all', ...call } as const;
    return cached.read('pages', question, (snapshot: SiteSnapshot) => {
      reads += 1;
      const table = `read.interactions_v${snapshot.versions.interactions ?? 1}`;
      return snapshot.rows({ text: `select title from ${table} where site_id = $1`, values: [] });
    });
  };
  return { ask, reads: () => reads, known };
};

describe('a page that was read before', () => {
  test('comes from memory while nothing has changed on the site', async () => {
    const { ask, reads, known } = countingCache();
    await ask();
    const before = reads();
    await world.situation.interaction(otherSite, anna, { title: 'Elsewhere' });
    await world.settled();
    await known.now(site);
    for (let time = 1; time <= 20; time += 1) await ask();
    expect(reads()).toBe(before);
    known.close();
  });

  test('includes what a token names, when the site has not changed since', async () => {
    const { ask, reads, known } = countingCache();
    await ask();
    const before = reads();
    await world.situation.interaction(otherSite, anna, { title: 'Elsewhere again' });
    await world.settled();
    await known.now(site);
    const { state } = await ask();
    expect(state.positions.interactions).toBe(await world.situation.head());
    expect(reads()).toBe(before);
    known.close();
  });

  test('is read again after a change, and for another question, site or reader', async () => {
    const { ask, reads, known } = countingCache();
    await ask();
    const before = reads();
    await world.situation.interaction(site, anna, { title: 'New' });
    await world.settled();
    await known.now(site);
    const { value } = await ask();
    expect(value).toContainEqual({ title: 'New' });
    for (const other of [{ siteId: otherSite }, { query: 'others' }, { name: 'others' }]) await ask(other);
    expect(reads()).toBe(before + 4);
    known.close();
  });
});

describe('what was saved', () => {
  test('is shown within a second and a half, with totals and leads, when every message is lost', async () => {
    const waits: number[] = [];
    for (let round = 1; round <= 5; round += 1) {
      const [title, lead] = [`Without a word ${round}`, `Leader ${round}`];
      await titlesFor(deaf, anna, site);
      await world.situation.interaction(site, anna, { title, lead });
      await world.settled();
      waits.push(await timeUntil(async () => (await titlesFor(deaf, anna, site)).includes(title)));
      const leads = async () => (await deaf.get(anna, site, '/api/v1/interactions/leads?prefix=leader')).body.leads;
      waits.push(await timeUntil(async () => (await leads()).includes(lead)));
      const { body } = await deaf.get(anna, site, list);
      await timeUntil(async () => (await deaf.get(anna, site, list)).body.total === body.interactions.length);
    }
    expect(Math.max(...waits)).toBeLessThan(1_500);
  });

  test('is shown at once to who saved it, when every message is lost', async () => {
    for (let round = 1; round <= 10; round += 1) {
      const title = `Saved ${round}`;
      await titlesFor(deaf, anna, site);
      await world.situation.interaction(site, anna, { title });
      const position = await world.situation.head();
      const token = { 'x-consistency-token': formatConsistencyToken({ epoch: 1, position }) };
      const answers = await Promise.all([1, 2, 3].map(() => deaf.get(anna, site, list, token)));
      for (const { body } of answers) {
        expect(body.interactions.map((one: { title: string }) => one.title)).toContain(title);
        expect(body.unfilteredTotal).toBe(body.total);
      }
    }
  });

  test('is shown at once to who was told of it by another instance', async () => {
    for (let round = 1; round <= 10; round += 1) {
      const title = `Told ${round}`;
      await titlesFor(deaf, anna, site);
      await world.situation.interaction(site, anna, { title });
      await world.settled();
      const { text } = await deaf.get(anna, site, list, { 'cache-control': 'no-cache' });
      expect(text).toContain(title);
    }
  });
});

describe('who may see less', () => {
  test('never gets the page of who may see more', async () => {
    const search = '/api/v1/interactions?search=secret';
    expect(await titlesFor(deaf, anna, site, search)).toEqual(['Ours']);
    expect(await titlesFor(deaf, vera, site, search)).toEqual([]);
    expect((await deaf.get(anna, site, list)).text).toContain('A secret word');
    expect((await deaf.get(vera, site, list)).text).not.toContain('A secret word');
    expect((await deaf.get(anna, site, list)).text).toContain('A secret word');
  });

  test('is refused the page of a site where others have just read it', async () => {
    expect(await titlesFor(deaf, anna, otherSite)).toContain('Theirs');
    expect((await deaf.get(vera, otherSite, list)).status).toBe(403);
    expect(await titlesFor(deaf, anna, site)).not.toContain('Theirs');
  });
});

describe('the name of a person', () => {
  test('is the new one on pages that are still remembered', async () => {
    await titlesFor(deaf, anna, site);
    const { situation } = world;
    await situation.rename(anna, 'Anna Jones');
    await world.settled();
    const name = async () => (await deaf.get(vera, site, list)).body.interactions[0].createdBy.displayName;
    await timeUntil(async () => (await name()) === 'Anna Jones');
  });
});
