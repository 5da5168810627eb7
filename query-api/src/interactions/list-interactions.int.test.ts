import { InteractionList } from '@ims/contracts/interactions/api';
import { startProjector } from '@ims/projector/app';
import { readMigrations } from '@ims/projector/migrations';
import { projections } from '@ims/projector/projections';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createWorld, type World } from '../testing/world.ts';

let world: World;
let site: string;
let otherSite: string;
let anna: string;
let viewer: string;

const start = (parts: Omit<Parameters<typeof startProjector>[0], 'projections'>) =>
  startProjector({ ...parts, projections, seizeLeases: true });

beforeAll(async () => {
  world = await createWorld({ migrations: readMigrations, startProjector: start });
  const { situation } = world;
  anna = await situation.user('Anna Smith');
  viewer = await situation.user('Vera Viewer');
  site = await situation.site('Brussels');
  otherSite = await situation.site('Paris');
  await situation.role(site, anna, 'editor');
  await situation.role(site, viewer, 'viewer');
  await situation.role(otherSite, anna, 'editor');
  await situation.interaction(site, anna, {
    title: 'Budget review',
    lead: 'Jérémy Dubois',
    start: '2026-03-15T10:00',
    location: 'Room 4',
  });
  await situation.interaction(site, anna, {
    title: 'Second quarter figures',
    lead: 'Anna Smith',
    type: 'Call',
    start: '2026-03-16T10:00',
    description: 'The budget of the second quarter',
    location: 'Room 10',
  });
  await situation.interaction(site, anna, {
    title: 'Quarter, second half',
    lead: 'Anna Smith',
    type: 'Visit',
    start: '2026-03-16T23:30',
    status: 'active',
    location: 'Vera <x@acme.com>',
    description: 'L’avenir de l’été, +32 2 555 12 12',
  });
  await situation.interaction(site, anna, {
    title: 'Idea',
    lead: '',
    type: 'Meeting',
    start: null,
    status: 'draft',
    notes: 'Ask Élodie about 2026-05-01',
  });
  await situation.interaction(otherSite, anna, { title: 'Budget of Paris', lead: 'Jérémy Dubois' });
  await world.settled();
});

afterAll(() => world.close());

const list = async (query = '', user = anna, of = site) => {
  const answer = await world.get(user, of, `/api/v1/interactions${query}`);
  expect(answer.text).not.toContain('INTERNAL_ERROR');
  return answer;
};
const titles = async (query: string) => {
  const { status, body } = await list(query);
  expect(status, JSON.stringify(body)).toBe(200);
  return InteractionList.parse(body).interactions.map(({ title }) => title);
};

describe('the list of a site', () => {
  test('shows its records, newest start first, drafts without a start on top, and nobody else’s', async () => {
    expect(await titles('')).toEqual(['Idea', 'Quarter, second half', 'Second quarter figures', 'Budget review']);
  });

  test('shows each record whole', async () => {
    const { body } = await list('?title=budget');
    expect(InteractionList.parse(body).interactions[0]).toMatchObject({
      siteId: site,
      title: 'Budget review',
      lead: 'Jérémy Dubois',
      startDateTime: expect.stringMatching(/^2026-03-15T10:00/),
      timezone: 'Europe/Brussels',
      startUtc: '2026-03-15T09:00:00.000Z',
      endUtc: '2026-03-15T10:00:00.000Z',
      status: 'complete',
      revision: 0,
      createdBy: { id: anna, displayName: 'Anna Smith' },
    });
  });

  test('tells how many there are, with and without filters', async () => {
    const { body } = await list('?type=Call&pageSize=1');
    expect(body).toMatchObject({
      total: 1,
      totalIsExact: true,
      totalPages: 1,
      unfilteredTotal: 4,
      page: 1,
      pageSize: 1,
    });
  });

  test('leaves the total out when nobody wants it', async () => {
    const { body } = await list('?total=skip');
    expect(body).toMatchObject({ total: null, totalPages: null, unfilteredTotal: 4 });
  });
});

describe('searching', () => {
  test.each([
    ['jeremy', ['Budget review']],
    ['JÉRÉMY', ['Budget review']],
    ['budg', ['Second quarter figures', 'Budget review']],
    ['"second quarter"', ['Second quarter figures']],
    ['quarter second', ['Quarter, second half', 'Second quarter figures']],
    ['budget -figures', ['Budget review']],
    ['-budget', ['Idea', 'Quarter, second half']],
    ['acme', ['Quarter, second half']],
    ['avenir ete', ['Quarter, second half']],
    ['l’avenir', ['Quarter, second half']],
    ['+32 555', ['Quarter, second half']],
    ['32', ['Quarter, second half']],
    ['2026-05-01', ['Idea']],
    ['2026-03-15', ['Budget review']],
    ['elodie', ['Idea']],
    ['nothing like it', []],
  ])('for %s finds %j', async (search, expected) => {
    expect(await titles(`?search=${encodeURIComponent(search)}`)).toEqual(expected);
  });

  test('in one field does not look into others', async () => {
    expect(await titles('?title=budget')).toEqual(['Budget review']);
    expect(await titles('?lead=jer')).toEqual(['Budget review']);
    expect(await titles('?location=room')).toEqual(['Second quarter figures', 'Budget review']);
  });

  test('combines with every filter', async () => {
    expect(await titles('?search=second&type=Call&type=Visit&startTo=2026-03-16')).toHaveLength(2);
    expect(await titles(`?search=second&type=Call&status=complete&createdBy=${anna}`)).toEqual([
      'Second quarter figures',
    ]);
    expect(await titles(`?search=second&createdBy=${viewer}`)).toEqual([]);
    expect(await titles('?search=second&timezone=Asia/Tokyo')).toEqual([]);
  });

  test('counts what it finds', async () => {
    const { body } = await list('?search=second&pageSize=1');
    expect(body).toMatchObject({ total: 2, totalIsExact: true, totalPages: 2 });
    const counted = await world.get(anna, site, '/api/v1/interactions/count?search=second');
    expect(counted.body).toEqual({ total: 2, totalIsExact: true });
  });

  test('sorts as asked', async () => {
    expect(await titles('?search=second&sort=title:asc')).toEqual(['Quarter, second half', 'Second quarter figures']);
    expect(await titles('?search=second&sort=title:desc')).toEqual(['Second quarter figures', 'Quarter, second half']);
  });
});

describe('filters', () => {
  test.each([
    ['?startFrom=2026-03-16', ['Quarter, second half', 'Second quarter figures']],
    ['?startTo=2026-03-15', ['Budget review']],
    ['?startFrom=2026-03-16&startTo=2026-03-16', ['Quarter, second half', 'Second quarter figures']],
    ['?startFrom=2026-03-17&zone=Asia/Tokyo', ['Quarter, second half']],
    ['?startFrom=2026-03-15T09:00:00Z&startTo=2026-03-15T09:00:00Z', ['Budget review']],
    ['?startFrom=2026-03-15T10:00:00%2B01:00&startTo=2026-03-15', ['Budget review']],
    ['?startFrom=0000-01-01&startTo=9999-12-31', ['Quarter, second half', 'Second quarter figures', 'Budget review']],
    ['?status=active', ['Quarter, second half']],
    ['?status=active&status=draft', ['Idea', 'Quarter, second half']],
    ['?type=Call&type=Visit', ['Quarter, second half', 'Second quarter figures']],
    ['?type=Call&status=active', []],
    ['?timezone=Asia/Tokyo', []],
    ['?search=', ['Idea', 'Quarter, second half', 'Second quarter figures', 'Budget review']],
  ])('%s leave %j', async (query, expected) => {
    expect(await titles(query)).toEqual(expected);
    const { body } = await list(query);
    expect(body.total).toBe(expected.length);
  });
});

describe('the order', () => {
  test.each([
    ['title:asc', ['Budget review', 'Idea', 'Quarter, second half', 'Second quarter figures']],
    ['title:desc', ['Second quarter figures', 'Quarter, second half', 'Idea', 'Budget review']],
    ['startDateTime:asc', ['Budget review', 'Second quarter figures', 'Quarter, second half', 'Idea']],
    ['type:asc', ['Second quarter figures', 'Idea', 'Budget review', 'Quarter, second half']],
    ['type:desc,title:asc', ['Quarter, second half', 'Budget review', 'Idea', 'Second quarter figures']],
    ['location:asc,title:desc', ['Idea', 'Budget review', 'Second quarter figures', 'Quarter, second half']],
  ])('by %s', async (sort, expected) => {
    expect(await titles(`?sort=${sort}`)).toEqual(expected);
  });

  test('by something unknown is the default order, with a warning', async () => {
    const { body, headers } = await list('?sort=colour:asc');
    expect(body.interactions[0].title).toBe('Idea');
    expect(headers.warning).toMatch(/Unknown sort/);
  });
});
