import { SiteList, SiteMemberList } from '@ims/contracts/sites/api';
import { UserList } from '@ims/contracts/users/api';
import { listRoutes } from '@ims/platform/http/routes';
import { createMetrics } from '@ims/platform/observability/metrics';
import { startProjector } from '@ims/projector/app';
import { readMigrations } from '@ims/projector/migrations';
import { projections } from '@ims/projector/projections';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createWorld, lostMessages, type World } from './testing/world.ts';

let world: World;
let site: string;
let otherSite: string;
let anna: string;
let vera: string;
let root: string;

beforeAll(async () => {
  world = await createWorld({
    migrations: readMigrations,
    startProjector: (parts) => startProjector({ ...parts, projections, seizeLeases: true }),
  });
  const { situation } = world;
  [anna, vera, root] = [await situation.user('Anna Smith'), await situation.user('Vera'), await situation.user('Root')];
  [site, otherSite] = [await situation.site('Brussels'), await situation.site('Paris')];
  await situation.role(site, anna, 'administrator');
  await situation.role(site, vera, 'viewer');
  await situation.systemRole(root, 'administrator');
  for (const lead of ['Jérémy Dubois', 'Jérémy Dubois', 'Jeremiah Gray', 'Anna Smith']) {
    await situation.interaction(site, anna, { lead, location: 'Élysée' });
  }
  await situation.interaction(otherSite, root, { lead: 'Jeremy of Paris' });
  await world.settled();
});

afterAll(() => world.close());

describe('suggestions and types', () => {
  test('name the leads of the site that begin like this, most used first', async () => {
    const { body } = await world.get(vera, site, '/api/v1/interactions/leads?prefix=JEREM');
    expect(body).toEqual({ leads: ['Jérémy Dubois', 'Jeremiah Gray'] });
    expect((await world.get(vera, site, '/api/v1/interactions/leads')).body.leads).toHaveLength(3);
    const { body: places } = await world.get(vera, site, '/api/v1/interactions/locations?prefix=ely');
    expect(places).toEqual({ locations: ['Élysée'] });
  });

  test('name the types of the site with their use', async () => {
    const { body } = await world.get(vera, site, '/api/v1/interactions/types');
    expect(body.types[0]).toEqual({ name: 'Meeting', uses: 4, retired: false });
    expect(body.types).toHaveLength(8);
  });
});

describe('one record', () => {
  test('comes with its revision as ETag', async () => {
    const { body: list } = await world.get(vera, site, '/api/v1/interactions');
    const { body, headers } = await world.get(vera, site, `/api/v1/interactions/${list.interactions[0].id}`);
    expect(headers.etag).toBe('"0"');
    expect(body.interaction).toEqual(list.interactions[0]);
  });
});

describe('sites', () => {
  test('are one’s own, with one’s role; a system administrator sees all', async () => {
    const own = SiteList.parse((await world.get(vera, undefined, '/api/v1/sites')).body);
    expect(own.sites).toMatchObject([{ id: site, name: 'Brussels', role: 'viewer' }]);
    const all = SiteList.parse((await world.get(root, undefined, '/api/v1/sites')).body);
    expect(all.sites.map(({ name, role }) => [name, role])).toEqual([
      ['Brussels', null],
      ['Paris', null],
    ]);
  });

  test('of others look like none', async () => {
    const foreign = await world.get(vera, undefined, `/api/v1/sites/${otherSite}`, { 'x-request-id': 'same' });
    const missing = await world.get(vera, undefined, `/api/v1/sites/${vera}`, { 'x-request-id': 'same' });
    expect(foreign.status).toBe(403);
    expect(foreign.text).toBe(missing.text);
    expect((await world.get(root, undefined, `/api/v1/sites/${vera}`)).status).toBe(404);
    expect((await world.get(vera, undefined, `/api/v1/sites/${site}`)).body.site.name).toBe('Brussels');
  });

  test('tell their administrators who has a role', async () => {
    const { body } = await world.get(anna, undefined, `/api/v1/sites/${site}/users`);
    expect(SiteMemberList.parse(body).users.map(({ displayName, role }) => [displayName, role])).toEqual([
      ['Anna Smith', 'administrator'],
      ['Vera', 'viewer'],
    ]);
    expect((await world.get(vera, undefined, `/api/v1/sites/${site}/users`)).status).toBe(403);
    expect((await world.get(anna, undefined, `/api/v1/sites/${otherSite}/users`)).status).toBe(403);
  });
});

describe('users', () => {
  test('are listed for system administrators only', async () => {
    const { body } = await world.get(root, undefined, '/api/v1/users');
    expect(UserList.parse(body).users.map(({ displayName }) => displayName)).toEqual(['Anna Smith', 'Root', 'Vera']);
    expect((await world.get(root, undefined, `/api/v1/users/${root}`)).body.user.systemRoles).toEqual([
      'administrator',
    ]);
    expect((await world.get(root, undefined, `/api/v1/users/${site}`)).status).toBe(404);
    expect((await world.get(anna, undefined, '/api/v1/users')).status).toBe(403);
  });
});

describe('the description of the API', () => {
  test('has every route, is OpenAPI 3.1, and needs no sign-in', async () => {
    const { statusCode, body } = await world.app.inject('/api/v1/openapi.json');
    expect(statusCode).toBe(200);
    const document = JSON.parse(body);
    expect(document.openapi).toBe('3.1.0');
    const described = Object.keys(document.paths);
    const routes = listRoutes(world.app).filter(({ url }) => url.startsWith('/api/v1/'));
    for (const { url } of routes) {
      expect(described).toContain(url.replace(/:(\w+)/g, '{$1}').replace(/(.)\/$/, '$1'));
    }
    expect(document.paths['/api/v1/interactions'].get.responses['200']).toBeDefined();
  });

  test('is browsed whole, with the routes of both services', async () => {
    const [raw, browsed] = await Promise.all(
      ['/api/v1/openapi.json', '/api/docs/json'].map(async (url) => (await world.app.inject(url)).json()),
    );
    expect(browsed).toEqual(raw);
  });

  test('can be browsed without anything from elsewhere', async () => {
    const page = await world.app.inject('/api/docs/');
    expect(page.statusCode).toBe(200);
    expect(page.headers['content-security-policy']).toMatch(/default-src 'self'/);
    const scripts = [...page.body.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, address]) => address ?? '');
    expect(scripts.length).toBeGreaterThan(3);
    for (const address of scripts) expect(address).not.toMatch(/^(https?:)?\/\//);
    const script = await world.app.inject(
      `/api/docs/${scripts.find((address) => address.endsWith('bundle.js'))?.replace('./', '')}`,
    );
    expect(script.statusCode).toBe(200);
  });
});

describe('health', () => {
  test('is told without signing in', async () => {
    const { statusCode, body } = await world.app.inject('/api/v1/health');
    expect(statusCode).toBe(200);
    expect(JSON.parse(body)).toMatchObject({ status: 'UP', details: { db: 'UP', storage: 'UP', messaging: 'UP' } });
  });

  test('is only degraded when messages are away', async () => {
    const check = () => Promise.reject(new Error('away'));
    const { app } = await world.startApi({ messages: { ...lostMessages, check } });
    const { statusCode, body } = await app.inject('/api/v1/health');
    expect(statusCode).toBe(200);
    expect(JSON.parse(body)).toMatchObject({ status: 'DEGRADED', details: { messaging: 'DEGRADED' } });
  });
});

describe('metrics', () => {
  test('count answers by route, cache hits, and how this process learnt what is new', async () => {
    const metrics = createMetrics({ service: 'query-api', version: 'test' });
    const { get } = await world.startApi({ metrics });
    for (let time = 1; time <= 3; time += 1) await get(vera, site, '/api/v1/interactions');
    const text = await metrics.registry.metrics();
    const sample = (name: string, ...labels: string[]): string | undefined =>
      text
        .split('\n')
        .find((line) => line.startsWith(`${name}{`) && labels.every((label) => line.includes(label)))
        ?.split(' ')
        .at(-1);
    expect(sample('ims_http_request_duration_seconds_count', 'route="/api/v1/interactions"')).toBe('3');
    expect(sample('ims_cache_lookups_total', 'cache="pages"', 'result="local"')).toBe('2');
    expect(sample('ims_cache_lookups_total', 'cache="pages"', 'result="miss"')).toBe('1');
    expect(text).not.toContain(site);
  });
});
