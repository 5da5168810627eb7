import { randomUUID } from 'node:crypto';
import type { SiteRole, SystemRole } from '@ims/contracts/permissions';
import { defaultSiteSettings } from '@ims/contracts/sites/settings';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AccessReader } from '../identity/access.ts';
import { signAccessToken } from '../identity/sign-token.ts';
import { createTokenVerifier, tokenLifetime } from '../identity/verify-token.ts';
import { createLogger } from '../observability/logger.ts';
import { createTestCallers, type TestCallers } from '../testing/test-callers.ts';
import { buildServer, type Server } from './build-server.ts';
import { callerOf, siteOf } from './route-access.ts';

const brussels = randomUUID();
const closed = randomUUID();
const elsewhere = randomUUID();
const people = {
  viewer: randomUUID(),
  editor: randomUUID(),
  systemAuditor: randomUUID(),
  systemAdministrator: randomUUID(),
  suspended: randomUUID(),
  nobody: randomUUID(),
};
type Person = keyof typeof people;

const roles: Readonly<Record<string, SiteRole>> = {
  [people.viewer]: 'viewer',
  [people.editor]: 'editor',
  [people.suspended]: 'editor',
};
const systemRolesOf: Readonly<Record<string, SystemRole>> = {
  [people.systemAuditor]: 'auditor',
  [people.systemAdministrator]: 'administrator',
};
const accessReader: AccessReader = {
  read: async (userId, siteId) => {
    const systemRole = systemRolesOf[userId];
    const settled = { settings: defaultSiteSettings, interactionTypes: [], role: roles[userId] };
    const site = { id: siteId ?? '', name: 'Site', active: siteId !== closed, ...settled };
    return {
      active: userId !== people.suspended,
      systemRoles: systemRole ? [systemRole] : [],
      site: siteId === brussels || siteId === closed ? site : undefined,
    };
  },
};

let app: Server;
let callers: TestCallers;
beforeAll(async () => {
  callers = await createTestCallers();
  app = await buildServer({
    title: 'Test',
    version: '0',
    logger: createLogger({ component: 'test', level: 'info' }),
    verifier: createTokenVerifier(callers.keySource),
    accessReader,
    rateLimits: { reads: 1_000, writes: 1_000, anonymous: 1_000, credentials: 2 },
  });
  const read = { access: { kind: 'site', action: 'interaction.read' } } as const;
  const create = { access: { kind: 'site', action: 'interaction.create' } } as const;
  const administer = { access: { kind: 'site', action: 'site.administer', siteFrom: 'path' } } as const;
  app.get('/api/v1/things', { config: read }, (request) => ({ role: siteOf(request).role ?? null }));
  app.post('/api/v1/things', { config: create }, (request) => ({ by: callerOf(request).userId }));
  app.post('/api/v1/sites/:id/close', { config: administer }, (request) => ({ id: siteOf(request).id }));
  app.get('/api/v1/users', { config: { access: { kind: 'system', action: 'system.administer' } } }, () => ({}));
  app.get('/api/v1/me', { config: { access: { kind: 'signed-in' } } }, (request) => callerOf(request));
  app.post('/api/v1/login', { config: { access: { kind: 'public' }, rate: 'credentials' } }, () => ({}));
  await app.ready();
});
afterAll(() => app.close());

const call = async (person: Person, method: 'GET' | 'POST', url: string, siteId?: string) =>
  (await app.inject({ method, url, headers: await callers.headersOf(people[person], siteId) })).statusCode;

describe('who may call', () => {
  it.each<[Person, 'GET' | 'POST', string, string | undefined, number]>([
    ['viewer', 'GET', '/api/v1/things', brussels, 200],
    ['viewer', 'GET', `/api/v1/things?siteId=${brussels}`, undefined, 200],
    ['viewer', 'GET', `/api/v1/things?siteId=${brussels}`, brussels.toUpperCase(), 200],
    ['viewer', 'POST', '/api/v1/things', brussels, 403],
    ['editor', 'POST', '/api/v1/things', brussels, 200],
    ['editor', 'POST', `/api/v1/sites/${brussels}/close`, undefined, 403],
    ['editor', 'GET', '/api/v1/things', undefined, 400],
    ['editor', 'GET', `/api/v1/things?siteId=${elsewhere}`, brussels, 400],
    ['editor', 'GET', `/api/v1/things?siteId=${brussels}&siteId=${brussels}`, undefined, 400],
    ['editor', 'GET', '/api/v1/things', 'brussels', 400],
    ['editor', 'GET', '/api/v1/things', elsewhere, 403],
    ['editor', 'GET', '/api/v1/things', closed, 403],
    ['nobody', 'GET', '/api/v1/things', brussels, 403],
    ['nobody', 'GET', '/api/v1/me', undefined, 200],
    ['suspended', 'GET', '/api/v1/things', brussels, 401],
    ['suspended', 'GET', '/api/v1/me', undefined, 401],
    ['systemAuditor', 'GET', '/api/v1/things', brussels, 200],
    ['systemAuditor', 'GET', '/api/v1/things', elsewhere, 404],
    ['systemAuditor', 'POST', '/api/v1/things', brussels, 403],
    ['systemAuditor', 'GET', '/api/v1/users', undefined, 403],
    ['systemAdministrator', 'GET', '/api/v1/users', undefined, 200],
    ['systemAdministrator', 'GET', '/api/v1/things', brussels, 403],
    ['systemAdministrator', 'POST', `/api/v1/sites/${brussels}/close`, undefined, 200],
    ['systemAdministrator', 'POST', `/api/v1/sites/${closed}/close`, undefined, 200],
    ['systemAdministrator', 'POST', '/api/v1/sites/x/close', undefined, 400],
  ])('%s: %s %s on %s is %i', async (person, method, url, siteId, status) => {
    expect(await call(person, method, url, siteId)).toBe(status);
  });

  it.each(['', 'Bearer', 'Bearer x', 'Bearer a.b.c', 'Basic YTpi'])(
    'nobody without a token: "%s"',
    async (authorization) => {
      const answer = await app.inject({ method: 'GET', url: '/api/v1/me', headers: { authorization } });
      expect(answer.statusCode).toBe(401);
      expect(answer.headers['www-authenticate']).toBe('Bearer');
      expect(answer.json().error.code).toBe('AUTHENTICATION_ERROR');
    },
  );

  it('nobody with a token that has expired', async () => {
    const longAgo = Date.now() - (tokenLifetime + 6) * 1000;
    const { token } = await signAccessToken(
      callers.signingKey,
      { userId: people.editor, sessionId: randomUUID() },
      longAgo,
    );
    const headers = { authorization: `Bearer ${token}` };
    expect((await app.inject({ method: 'GET', url: '/api/v1/me', headers })).statusCode).toBe(401);
  });
});

it('somebody who guesses passwords is stopped at the limit of the address', async () => {
  const attempt = () => app.inject({ method: 'POST', url: '/api/v1/login' });
  const first = await attempt();
  expect(first.headers).toMatchObject({ 'x-ratelimit-limit': '2', 'x-ratelimit-remaining': '1' });
  await attempt();
  const third = await attempt();
  expect(third.statusCode).toBe(429);
  expect(third.json().error.code).toBe('RATE_LIMITED');
  expect(Number(third.headers['retry-after'])).toBeGreaterThan(0);
});
