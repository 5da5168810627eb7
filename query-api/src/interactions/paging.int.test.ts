import { startProjector } from '@ims/projector/app';
import { readMigrations } from '@ims/projector/migrations';
import { projections } from '@ims/projector/projections';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createWorld, type World } from '../testing/world.ts';

let world: World;
let site: string;
let otherSite: string;
let anna: string;
let ben: string;

const records = 23;

beforeAll(async () => {
  world = await createWorld({
    migrations: readMigrations,
    startProjector: (parts) => startProjector({ ...parts, projections, seizeLeases: true }),
  });
  const { situation } = world;
  [anna, ben] = [await situation.user('Anna Smith'), await situation.user('Ben Gray')];
  [site, otherSite] = [await situation.site('Brussels'), await situation.site('Paris')];
  for (const user of [anna, ben]) for (const of of [site, otherSite]) await situation.role(of, user, 'editor');
  for (let number = 0; number < records; number += 1) {
    // Several records share a start and a title, so that only the id tells them apart.
    await situation.interaction(site, anna, {
      title: `Meeting ${number % 4}`,
      lead: `Lead ${number % 3}`,
      type: number % 2 ? 'Call' : 'Visit',
      start: number < 3 ? null : `2026-03-${String(10 + (number % 5))}T10:00`,
      status: number < 3 ? 'draft' : 'complete',
    });
  }
  await world.settled();
});

afterAll(() => world.close());

type Page = {
  interactions: { id: string; title: string }[];
  nextCursor: string | null;
  page: number;
  totalPages: number;
};

const page = async (query: string, user = anna, of = site): Promise<Page> => {
  const { status, body } = await world.get(user, of, `/api/v1/interactions?${query}`);
  expect(status, JSON.stringify(body)).toBe(200);
  return body;
};

const byPages = async (query: string): Promise<string[]> => {
  const ids: string[] = [];
  for (let number = 1; ; number += 1) {
    const { interactions, totalPages } = await page(`${query}&pageSize=5&page=${number}`);
    ids.push(...interactions.map(({ id }) => id));
    if (number >= totalPages) return ids;
  }
};

const byCursor = async (query: string): Promise<string[]> => {
  const ids: string[] = [];
  let cursor: string | null = '';
  let number = 1;
  while (cursor !== null) {
    const next: Page = await page(`${query}&pageSize=5${cursor && `&cursor=${cursor}`}`);
    expect(next.page).toBe(number);
    ids.push(...next.interactions.map(({ id }) => id));
    cursor = next.nextCursor;
    number += 1;
  }
  return ids;
};

describe('turning the pages of a list', () => {
  test.each([
    '',
    'sort=startDateTime:asc',
    'sort=title:asc',
    'sort=title:desc',
    'sort=title:asc,startDateTime:desc',
    'sort=type:asc',
    'sort=lead:desc',
    'sort=lead:asc,title:desc,startDateTime:asc',
    'sort=updatedAt:desc',
    'type=Call&sort=status:asc',
    'search=meeting',
    'search=meeting&sort=lead:asc',
  ])('shows every record once, by number and by cursor alike (%s)', async (query) => {
    const whole = (await page(`${query}&pageSize=100`)).interactions.map(({ id }) => id);
    expect(new Set(whole).size).toBe(query.includes('type=Call') ? 11 : records);
    expect(await byPages(query)).toEqual(whole);
    expect(await byCursor(query)).toEqual(whole);
  });

  test('finds the same rows far behind as a plain select', async () => {
    const { interactions } = await page('pageSize=1&page=22');
    const whole = await page('pageSize=100');
    expect(interactions[0]?.id).toBe(whole.interactions[21]?.id);
  });

  test('past the end finds nothing, and still tells how many there are', async () => {
    const { status, body } = await world.get(anna, site, '/api/v1/interactions?page=400&pageSize=100');
    expect(status).toBe(200);
    expect(body).toMatchObject({ interactions: [], total: records, totalPages: 1, nextCursor: null });
  });
});

describe('a cursor', () => {
  const refusedFor = async (query: string, user: string, of: string) => {
    const { status, body } = await world.get(user, of, `/api/v1/interactions?${query}`);
    return { status, field: body.error?.details[0]?.field };
  };
  const refused = { status: 400, field: 'cursor' };

  test('of another user, another site, another query or nobody is refused', async () => {
    const { nextCursor } = await page('pageSize=5&type=Call');
    expect(await refusedFor(`pageSize=5&type=Call&cursor=${nextCursor}`, ben, site)).toEqual(refused);
    expect(await refusedFor(`pageSize=5&type=Call&cursor=${nextCursor}`, anna, otherSite)).toEqual(refused);
    expect(await refusedFor(`pageSize=5&type=Visit&cursor=${nextCursor}`, anna, site)).toEqual(refused);
    expect(await refusedFor(`pageSize=5&type=Call&sort=title:asc&cursor=${nextCursor}`, anna, site)).toEqual(refused);
    expect(
      await refusedFor('pageSize=5&type=Call&cursor=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA', anna, site),
    ).toEqual(refused);
    await page(`pageSize=5&type=Call&cursor=${nextCursor}`);
  });
});

describe('the bin', () => {
  test('shows what was deleted, by whom, and when it is purged', async () => {
    const { situation } = world;
    const id = await situation.interaction(otherSite, anna, { title: 'Mistake' });
    await situation.change(otherSite, ben, id, { type: 'InteractionDeleted', data: {} });
    await world.settled();
    const { status, body } = await world.get(anna, otherSite, '/api/v1/interactions/bin');
    expect(status).toBe(200);
    expect(body).toMatchObject({ total: 1, totalPages: 1, nextCursor: null });
    const [record] = body.interactions;
    expect(record).toMatchObject({
      id,
      title: 'Mistake',
      status: 'complete',
      deletedBy: { id: ben, displayName: 'Ben Gray' },
    });
    expect(Date.parse(record.purgeAt) - Date.parse(record.deletedAt)).toBe(30 * 86_400_000);
    expect((await page('', anna, otherSite)).interactions).toEqual([]);
    expect((await world.get(anna, otherSite, `/api/v1/interactions/${id}`)).status).toBe(404);
  });
});
