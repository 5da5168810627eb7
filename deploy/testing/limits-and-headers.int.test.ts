import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { refreshCookie } from '@ims/command-api/auth/refresh-cookie';
import { listRoutes, type RegisteredRoute } from '@ims/platform/http/routes';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createGateway } from '../launcher/gateway.ts';
import { listen } from '../launcher/port.ts';
import { buildWebApp } from '../launcher/web-app.ts';
import { askFrom } from './ask-from.ts';
import { type Call, type RunningProduct, runProduct } from './running-product.ts';

const proxy = '127.0.0.2';
const login = '/api/v1/auth/login';
const commandApi = '/api/v1/auth/me';
const queryApi = '/api/v1/sites';

let running: RunningProduct;
let folder: string;
let gateway: Server;
let url: string;
let admin: Call;
let routes: readonly RegisteredRoute[];

beforeAll(async () => {
  running = await runProduct({ options: { rateLimit: true, trustedProxies: [proxy] } });
  folder = await mkdtemp(join(tmpdir(), 'ims-web-'));
  await mkdir(join(folder, 'assets'));
  await writeFile(join(folder, 'index.html'), '<html><head></head></html>');
  await writeFile(join(folder, 'mark.svg'), '<svg/>');
  await writeFile(join(folder, 'assets', 'a.js'), 'let a;');
  const web = await buildWebApp({ dist: folder, demo: false });
  gateway = createGateway({ ...running.product.handlers, web: (request, response) => web.routing(request, response) });
  url = `http://127.0.0.1:${await listen(gateway, '127.0.0.1', 0)}`;
  admin = (await running.signIn('admin')).call;
  const { apps } = running.product;
  routes = [...listRoutes(apps.commands), ...listRoutes(apps.queries)];
});
afterAll(async () => {
  gateway?.close();
  gateway?.closeAllConnections();
  await running?.stop();
  await rm(folder, { recursive: true, force: true });
});

const missing = '0193a000-0000-7000-8000-00000000dead';
const onPath = ({ access }: RegisteredRoute): boolean => access.kind === 'site' && access.siteFrom === 'path';
/** The route’s address on Brussels, of a record that is not there. */
const pathOf = (route: RegisteredRoute): string =>
  route.url
    .replace(':id', onPath(route) ? running.sites.brussels : missing)
    .replace(/:\w+/g, missing)
    .replace('*', 'x');
const tryToSignIn = (from: string, headers: Readonly<Record<string, string>> = {}) =>
  askFrom(from, url + login, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: '{}',
  });
const times = (count: number): readonly number[] => Array.from({ length: count }, (_none, at) => at + 1);

describe('credentials', () => {
  it('can be tried ten times a minute from one address, which is told how often it still may', async () => {
    for (const attempt of times(10)) {
      const { status, headers } = await tryToSignIn('127.0.0.3');
      expect([status, headers['x-ratelimit-limit'], headers['x-ratelimit-remaining']]).toEqual([
        400,
        '10',
        String(10 - attempt),
      ]);
    }
    const { status, headers, text } = await tryToSignIn('127.0.0.3');
    expect([status, JSON.parse(text).error.code]).toEqual([429, 'RATE_LIMITED']);
    expect(Number(headers['retry-after'])).toBeGreaterThan(0);
    expect(headers['x-ratelimit-reset']).toBe(headers['retry-after']);
    expect((await tryToSignIn('127.0.0.4')).status).toBe(400);
  });

  it('cannot be tried more often by saying that somebody else asks', async () => {
    const statuses: number[] = [];
    for (const attempt of times(11)) {
      statuses.push((await tryToSignIn('127.0.0.5', { 'x-forwarded-for': `10.0.0.${attempt}` })).status);
    }
    expect(statuses.at(-1)).toBe(429);
  });

  it('are counted for those behind a trusted proxy one by one, whatever they claim themselves', async () => {
    const behindProxy = (client: string) => tryToSignIn(proxy, { 'x-forwarded-for': `192.0.2.99, ${client}` });
    for (const _attempt of times(10)) expect((await behindProxy('10.1.1.1')).status).toBe(400);
    expect((await behindProxy('10.1.1.1')).status).toBe(429);
    expect((await behindProxy('10.1.1.2')).status).toBe(400);
  });
});

it('a person may write 120 times a minute and read 600 times, each counted apart', async () => {
  const { call } = await running.signIn('editor');
  const write = () => call('POST', '/api/v1/interactions', { body: {}, siteId: running.sites.brussels });
  expect((await write()).headers.get('x-ratelimit-limit')).toBe('120');
  const answers = await Promise.all(times(119).map(write));
  expect(answers.every(({ status }) => status === 400)).toBe(true);
  expect((await write()).status).toBe(429);
  const read = await call('GET', queryApi);
  expect([read.status, read.headers.get('x-ratelimit-limit')]).toEqual([200, '600']);
});

describe('what is too large', () => {
  it.each([
    [
      'a body over 1 MiB',
      () =>
        admin('POST', '/api/v1/interactions', {
          body: { title: 'x'.repeat(1_048_577) },
          siteId: running.sites.brussels,
        }),
    ],
    ['an address over 8,192 characters, of a command', () => admin('POST', `/api/v1/sites?${'x'.repeat(8_200)}`)],
    ['an address over 8,192 characters, of a query', () => admin('GET', `${queryApi}?${'x'.repeat(8_200)}`)],
  ])('is refused: %s', async (_what, ask) => {
    const { status, body } = await ask();
    expect([status, body.error.code]).toEqual([413, 'PAYLOAD_TOO_LARGE']);
  });

  it('is refused: headers over 16 KiB', async () => {
    const { status } = await askFrom('127.0.0.1', url + queryApi, { headers: { 'x-much': 'x'.repeat(17_000) } });
    expect(status).toBe(413);
  });
});

describe('answers', () => {
  it.each([
    ['the command API', commandApi],
    ['the query API', queryApi],
    ['an address that is nowhere', '/api/v1/nowhere'],
  ])('of %s are kept by nobody and can be run, framed or loaded by nobody', async (_whose, path) => {
    for (const call of [admin, running.anonymous]) {
      const { headers } = await call('GET', path);
      expect(Object.fromEntries(headers)).toMatchObject({
        'cache-control': 'no-store',
        'content-security-policy': "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        'cross-origin-resource-policy': 'same-origin',
        'referrer-policy': 'no-referrer',
        'x-content-type-options': 'nosniff',
      });
      expect(headers.has('x-powered-by') || headers.has('server')).toBe(false);
    }
  });

  it.each(['/', '/s/1/interactions', '/sign-in', '/assets/a.js', '/api/docs/'])(
    'at %s are pages of one origin without anything inline',
    async (path) => {
      const { headers } = await fetch(url + path);
      const policy = new Map(
        (headers.get('content-security-policy') ?? '').split(';').map((directive) => {
          const [name = '', ...values] = directive.trim().split(' ');
          return [name, values.join(' ')] as const;
        }),
      );
      expect(Object.fromEntries(policy)).toEqual({
        'default-src': "'self'",
        'script-src': expect.stringMatching(/^'self'( 'nonce-\w{16,}')?$/),
        'style-src': expect.stringMatching(/^'self'( 'nonce-\w{16,}')?$/),
        'img-src': "'self' data:",
        'font-src': "'self' data:",
        'object-src': "'none'",
        'base-uri': "'none'",
        'form-action': "'self'",
        'frame-ancestors': "'none'",
      });
      expect(Object.fromEntries(headers)).toMatchObject({
        'cross-origin-opener-policy': 'same-origin',
        'cross-origin-resource-policy': 'same-origin',
        'referrer-policy': 'no-referrer',
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
        'permissions-policy': expect.stringContaining('camera=(), '),
      });
      // Without TLS it would be ignored, and on localhost it would lock out every other program there.
      expect(headers.has('strict-transport-security')).toBe(false);
    },
  );
});

describe('a page of another origin', () => {
  const foreign = { origin: 'https://evil.example.org', 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'cors' };
  const allowances = (headers: Readonly<Record<string, unknown>>): readonly string[] =>
    Object.keys(headers).filter((name) => name.startsWith('access-control-'));

  it.each([
    ['the command API', login, 'POST'],
    ['the query API', queryApi, 'GET'],
    ['the web app', '/', 'GET'],
    ['the public keys', '/.well-known/jwks.json', 'GET'],
  ])('may not read answers of %s, by asking first as little as by trying', async (_whose, path, method) => {
    const preflight = await askFrom('127.0.0.1', url + path, {
      method: 'OPTIONS',
      headers: {
        ...foreign,
        'access-control-request-method': method,
        'access-control-request-headers': 'authorization',
      },
    });
    expect(preflight.status).toBeGreaterThanOrEqual(400);
    expect(allowances(preflight.headers)).toEqual([]);
    const simple = await askFrom('127.0.0.1', url + path, { headers: foreign });
    expect(allowances(simple.headers)).toEqual([]);
  });

  it('cannot send a form that does anything: whatever takes a body takes JSON alone', async () => {
    const forms = ['application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'text/plain'];
    const changing = routes.filter(({ method }) => method !== 'GET' && method !== 'DELETE');
    expect(changing.length).toBeGreaterThan(12);
    const statuses: string[] = [];
    for (const [at, route] of changing.entries()) {
      const type = forms[at % forms.length] ?? '';
      const headers = { 'content-type': type };
      const { status } = await admin(route.method, pathOf(route), {
        body: '{"a":1}',
        headers,
        ...(route.access.kind === 'site' && !onPath(route) ? { siteId: running.sites.brussels } : {}),
      });
      statuses.push(`${status} ${route.access.kind} ${route.method} ${route.url}`);
    }
    // Whom a route is closed to is told so before the body is looked at: an administrator is no operator.
    const others = statuses.filter((status) => !status.startsWith('415 '));
    expect(
      others.every((status) => /^403 system \w+ \/api\/v1\/operations\//.test(status)),
      others.join(),
    ).toBe(true);
    for (const type of forms) {
      const { status } = await running.anonymous('POST', '/api/v1/auth/refresh', {
        body: 'a=1',
        headers: { 'content-type': type },
      });
      expect([type, status]).toEqual([type, 415]);
    }
  });
});

describe('cookies', () => {
  it('are for this host alone, out of reach of scripts and other sites', async () => {
    const { headers } = await running.anonymous('POST', login, {
      body: { username: 'viewer', password: 'Demo-2026!' },
    });
    const cookies = headers.getSetCookie();
    expect(cookies.length).toBeGreaterThan(0);
    for (const cookie of cookies)
      expect(cookie).toMatch(/^__Host-[^;]+;(?=.* HttpOnly)(?=.* Secure)(?=.* SameSite=Strict)/);
  });

  it('open nothing by themselves but the routes that are made for them', async () => {
    const signedIn = await running.anonymous('POST', login, { body: { username: 'viewer', password: 'Demo-2026!' } });
    const cookie = signedIn.headers
      .getSetCookie()
      .map((one) => one.split(';', 1)[0] ?? '')
      .join('; ');
    expect(cookie).toContain(refreshCookie);
    const closed = routes.filter(({ access }) => access.kind !== 'public');
    for (const route of closed) {
      const { status } = await askFrom('127.0.0.6', url + pathOf(route), { method: route.method, headers: { cookie } });
      expect([route.method, route.url, status]).toEqual([route.method, route.url, 401]);
    }
    for (const path of ['/api/v1/auth/refresh', '/api/v1/auth/logout']) {
      for (const site of ['cross-site', 'same-site']) {
        const headers = { cookie, 'sec-fetch-site': site };
        expect((await running.anonymous('POST', path, { headers })).status).toBe(403);
      }
    }
    const own = { cookie, 'sec-fetch-site': 'same-origin' };
    expect((await running.anonymous('POST', '/api/v1/auth/refresh', { headers: own })).status).toBe(200);
  });
});
