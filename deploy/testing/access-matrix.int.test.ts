import { type Action, isAllowed } from '@ims/contracts/permissions';
import { listRoutes, type RegisteredRoute } from '@ims/platform/http/routes';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Call, type RunningProduct, runProduct } from './running-product.ts';

let running: RunningProduct;
let routes: readonly RegisteredRoute[];
let foreignRecord: string;
let people: Readonly<Record<'viewer' | 'editor' | 'operator' | 'admin', { call: Call; userId: string }>>;

const fields = {
  title: 'Budget review',
  type: 'Meeting',
  lead: 'Ann',
  startDateTime: '2026-03-03T14:30',
  endDateTime: '2026-03-03T15:00',
  timezone: 'Europe/Brussels',
};
const missing = '0193a000-0000-7000-8000-00000000dead';

beforeAll(async () => {
  running = await runProduct();
  const [viewer, editor, operator, admin] = await Promise.all(
    ['viewer', 'editor', 'operator', 'admin'].map((username) => running.signIn(username)),
  );
  if (!viewer || !editor || !operator || !admin) throw new Error('Not everybody signed in');
  people = { viewer, editor, operator, admin };
  const { apps } = running.product;
  routes = [...listRoutes(apps.commands), ...listRoutes(apps.queries)];
  const made = await admin.call('POST', '/api/v1/interactions', { body: fields, siteId: running.sites.helsinki });
  foreignRecord = made.body.interaction.id;
});
afterAll(() => running.stop());

const addressOf = ({ url }: RegisteredRoute, ids: { id: string; userId: string }): string =>
  url.replace(':id', ids.id).replace(':userId', ids.userId).replace('*', 'x');

/** Actions of routes that a person with this role on the site, and without a system role, must not use. */
const forbidden = (role: 'viewer' | undefined) => (action: Action) =>
  !isAllowed(action, { siteRole: role, systemRoles: [] });

const ask = (call: Call, route: RegisteredRoute, siteId: string | undefined, id: string) => {
  const onPath = route.access.kind === 'site' && route.access.siteFrom === 'path';
  const options = {
    ...(route.method === 'GET' || route.method === 'DELETE' ? {} : { body: {} }),
    ...(siteId && route.access.kind === 'site' && !onPath ? { siteId } : {}),
  };
  return call(route.method, addressOf(route, { id: onPath ? (siteId ?? id) : id, userId: missing }), options);
};

describe('every route', () => {
  it('is in the list', () => expect(routes.length).toBeGreaterThan(25));

  it('is closed to strangers, unless it is public', async () => {
    for (const route of routes.filter(({ access }) => access.kind !== 'public')) {
      const { status, body } = await ask(running.anonymous, route, running.sites.brussels, missing);
      expect([route.method, route.url, status, body.error?.code]).toEqual([
        route.method,
        route.url,
        401,
        'AUTHENTICATION_ERROR',
      ]);
    }
  });

  it('refuses a token that nobody signed', async () => {
    const forged: Call = (method, path, options = {}) =>
      running.anonymous(method, path, { ...options, headers: { authorization: 'Bearer eyJhbGciOiJub25lIn0.e30.' } });
    for (const route of routes.filter(({ access }) => access.kind !== 'public')) {
      const { status } = await ask(forged, route, running.sites.brussels, missing);
      expect([route.method, route.url, status]).toEqual([route.method, route.url, 401]);
    }
  });

  it('refuses a viewer who would change something', async () => {
    const closed = routes.filter(({ access }) => 'action' in access && forbidden('viewer')(access.action));
    expect(closed.length).toBeGreaterThan(10);
    for (const route of closed) {
      const { status, body } = await ask(people.viewer.call, route, running.sites.brussels, missing);
      expect([route.method, route.url, status, body.error?.code]).toEqual([
        route.method,
        route.url,
        403,
        'AUTHORIZATION_ERROR',
      ]);
    }
  });

  it('refuses somebody without a role on the site', async () => {
    const closed = routes.filter(({ access }) => access.kind === 'site');
    expect(closed.length).toBeGreaterThan(12);
    for (const route of closed) {
      for (const [call, siteId] of [
        [people.viewer.call, running.sites.helsinki],
        [people.editor.call, running.sites.helsinki],
        [people.operator.call, running.sites.brussels],
        [people.viewer.call, missing],
      ] as const) {
        const { status, body } = await ask(call, route, siteId, foreignRecord);
        expect([route.method, route.url, status, body.error?.code]).toEqual([
          route.method,
          route.url,
          403,
          'AUTHORIZATION_ERROR',
        ]);
      }
    }
  });

  it('wants its site named, once', async () => {
    const scoped = routes.filter(({ access }) => access.kind === 'site' && access.siteFrom !== 'path');
    for (const route of scoped) {
      const { status, body } = await ask(people.admin.call, route, undefined, missing);
      expect([route.method, route.url, status, body.error?.code]).toEqual([
        route.method,
        route.url,
        400,
        'VALIDATION_ERROR',
      ]);
      const twice = await people.admin.call(
        route.method,
        `${addressOf(route, { id: missing, userId: missing })}?siteId=${running.sites.lisbon}`,
        { siteId: running.sites.brussels, ...(route.method === 'GET' ? {} : { body: {} }) },
      );
      expect([route.method, route.url, twice.status]).toEqual([route.method, route.url, 400]);
    }
  });

  it('answers for a record of another site as for one that never was', async () => {
    const bodies: Readonly<Record<string, unknown>> = {
      'PUT /api/v1/interactions/:id': fields,
      'PATCH /api/v1/interactions/:id': { title: 'Mine now' },
      'POST /api/v1/interactions/:id/status': { status: 'archived' },
      'POST /api/v1/interactions/:id/restore': undefined,
      'DELETE /api/v1/interactions/:id': undefined,
      'GET /api/v1/interactions/:id': undefined,
    };
    const onRecords = routes.filter(({ url }) => url.startsWith('/api/v1/interactions/:id'));
    expect(onRecords.map(({ method, url }) => `${method} ${url}`).sort()).toEqual(Object.keys(bodies).sort());
    for (const route of onRecords) {
      const body = bodies[`${route.method} ${route.url}`];
      const answers = await Promise.all(
        [foreignRecord, missing].map((id) =>
          people.editor.call(route.method, addressOf(route, { id, userId: missing }), {
            siteId: running.sites.brussels,
            headers: { 'x-request-id': 'same', 'if-match': '"7"' },
            ...(body === undefined ? {} : { body }),
          }),
        ),
      );
      expect([route.method, route.url, ...answers.map(({ status }) => status)]).toEqual([
        route.method,
        route.url,
        404,
        404,
      ]);
      expect(answers[0]?.body).toEqual(answers[1]?.body);
    }
    const { body } = await people.admin.call('GET', `/api/v1/interactions/${foreignRecord}`, {
      siteId: running.sites.helsinki,
    });
    expect(body.interaction).toMatchObject({ title: 'Budget review', revision: 0, status: 'complete' });
  });
});

describe('a role', () => {
  it('ends at once when it is taken away', async () => {
    const { call, userId } = people.editor;
    const create = () => call('POST', '/api/v1/interactions', { body: fields, siteId: running.sites.lisbon });
    expect((await create()).status).toBe(201);
    const path = `/api/v1/sites/${running.sites.lisbon}/users/${userId}`;
    expect((await people.admin.call('DELETE', path)).status).toBe(200);
    expect((await create()).status).toBe(403);
    expect((await people.admin.call('PUT', path, { body: { role: 'viewer' } })).status).toBe(200);
    expect((await create()).status).toBe(403);
    expect((await people.admin.call('PUT', path, { body: { role: 'editor' } })).status).toBe(200);
    expect((await create()).status).toBe(201);
  });

  it('of the last administrator stays', async () => {
    const path = `/api/v1/sites/${running.sites.helsinki}/users/${people.admin.userId}`;
    const { status, body } = await people.admin.call('DELETE', path);
    expect([status, body.error.code]).toEqual([409, 'CONFLICT']);
  });
});
