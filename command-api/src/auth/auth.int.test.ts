import { randomUUID } from 'node:crypto';
import { defaultSiteSettings } from '@ims/contracts/sites/settings';
import { createPool } from '@ims/platform/database/pool';
import { buildServer, type Server } from '@ims/platform/http/build-server';
import { createAccessReader } from '@ims/platform/identity/access';
import { createTokenVerifier } from '@ims/platform/identity/verify-token';
import { createLogger } from '@ims/platform/observability/logger';
import { createTestDatabase, type TestDatabase } from '@ims/platform/testing/test-database';
import { testMasterKey } from '@ims/platform/testing/test-master-key';
import { readMigrations } from '@ims/projector/migrations';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Auth, createAuth, keySetRoute } from './auth.ts';
import { authMigrations } from './migrations.ts';
import { refreshCookie } from './refresh-cookie.ts';
import { authRoutes } from './routes.ts';

const password = 'Correct-Horse-7';
const brussels = randomUUID();
const chosenDefaults: string[] = [];

let database: TestDatabase;
let owner: pg.Pool;
let pool: pg.Pool;
let auth: Auth;
let app: Server;

beforeAll(async () => {
  database = await createTestDatabase([...readMigrations, ...authMigrations]);
  owner = createPool({ url: database.url(), applicationName: 'test-owner' });
  pool = createPool({ url: database.url('ims_command'), applicationName: 'test' });
  await owner.query(
    `insert into read.sites_v1 (site_id, name, description, active, settings, interaction_types, retired_types, revision, position)
     values ($1, 'Brussels', '', true, $2, '{}', '{}', 0, 1)`,
    [brussels, defaultSiteSettings],
  );
  const accessReader = createAccessReader(pool);
  auth = await createAuth({ pool, masterKey: testMasterKey, accessReader, demo: true });
  app = await buildServer({
    title: 'Test',
    version: '0',
    logger: createLogger({ component: 'test', level: 'info' }),
    verifier: createTokenVerifier(auth.signingKeys.keySource),
    accessReader,
    rateLimits: 'off',
  });
  const chooseDefaultSite = async (_request: unknown, _reply: unknown, siteId: string) => {
    chosenDefaults.push(siteId);
    return undefined;
  };
  await app.register(authRoutes, { prefix: '/api/v1/auth', ...auth.routeOptions, chooseDefaultSite });
  await app.register(keySetRoute, auth);
  await app.ready();
});
afterAll(async () => {
  await app?.close();
  await Promise.all([pool?.end(), owner?.end()]);
  await database?.drop();
});

type Person = { readonly id: string; readonly username: string; readonly email: string };

const addPerson = async ({ active = true, role = 'editor', systemRoles = [] as string[] } = {}): Promise<Person> => {
  const id = randomUUID();
  const username = `Émilie.${id.slice(0, 8)}`;
  const email = `${id.slice(0, 8)}@example.org`;
  await owner.query(
    `insert into read.users_v1 (user_id, username, email, display_name, timezone, active, revision, position)
     values ($1, $2, $3, 'Émilie', 'Europe/Brussels', $4, 0, 1)`,
    [id, username, email, active],
  );
  await owner.query(
    'insert into read.access_users_v1 (user_id, active, system_roles, position) values ($1, $2, $3, 1)',
    [id, active, systemRoles],
  );
  if (role) {
    await owner.query(
      'insert into read.site_members_v1 (site_id, user_id, role, revision, position) values ($1, $2, $3, 1, 1)',
      [brussels, id, role],
    );
  }
  await owner.query(
    `insert into write_side.reservations (kind, key, stream, command_id, state)
     values ('username', $1, $3, $4, 'confirmed'), ('email', $2, $3, $4, 'confirmed')`,
    [username.normalize('NFKC').toLowerCase(), email, `user-${id}`, randomUUID()],
  );
  await auth.createPassword(id, password);
  return { id, username, email };
};

const login = (username: string, secret = password, remember?: boolean) =>
  app.inject({
    method: 'POST',
    url: '/api/v1/auth/login',
    payload: { username, password: secret, ...(remember === undefined ? {} : { remember }) },
  });
type Answer = Awaited<ReturnType<typeof login>>;

const cookieOf = (answer: Answer) => answer.cookies.find(({ name }) => name === refreshCookie);
const renew = (token: string | undefined, headers: Record<string, string> = {}) =>
  app.inject({
    method: 'POST',
    url: '/api/v1/auth/refresh',
    cookies: token ? { [refreshCookie]: token } : {},
    headers,
  });
const signedInCookie = async (): Promise<string> => cookieOf(await login((await addPerson()).email))?.value ?? '';
const call = (method: 'GET' | 'POST', url: string, token: string, payload?: object) =>
  app.inject({ method, url, headers: { authorization: `Bearer ${token}` }, ...(payload ? { payload } : {}) });

describe('signing in', () => {
  it('works with the username in any spelling of its letters, and with the e-mail', async () => {
    const { id, username, email } = await addPerson();
    for (const name of [username, username.toUpperCase().normalize('NFD'), email]) {
      const answer = await login(name);
      expect(answer.statusCode).toBe(200);
      expect(answer.json().user).toEqual({
        id,
        username,
        email,
        displayName: 'Émilie',
        timezone: 'Europe/Brussels',
        systemRoles: [],
        defaultSiteId: null,
        sites: [{ id: brussels, name: 'Brussels', role: 'editor' }],
        demo: true,
      });
    }
  });

  it('sets a cookie that only this origin can get back', async () => {
    const { email } = await addPerson();
    const cookie = { httpOnly: true, secure: true, sameSite: 'Strict', path: '/' };
    const forNow = cookieOf(await login(email));
    expect(forNow).toMatchObject(cookie);
    expect(forNow).not.toHaveProperty('maxAge');
    expect(cookieOf(await login(email, password, true))).toMatchObject({ ...cookie, maxAge: 86_400 });
  });

  it('answers the same to an unknown name, a wrong password and a suspended person', async () => {
    const { email } = await addPerson();
    const suspended = await addPerson({ active: false });
    const answers = await Promise.all([
      login('nobody@example.org'),
      login('no\u0000body'),
      login(email, 'Wrong-Horse-7'),
      login(suspended.email),
    ]);
    const bodies = answers.map((answer) => ({ ...answer.json().error, requestId: '' }));
    for (const [at, answer] of answers.entries()) {
      expect(answer.statusCode).toBe(401);
      expect(bodies[at]).toEqual(bodies[0]);
      expect(cookieOf(answer)).toBeUndefined();
    }
  });

  it('keeps the first password when it is made again, and takes a new one when it is set', async () => {
    const { id, email } = await addPerson();
    await auth.createPassword(id, 'Another-Horse-8');
    expect((await login(email)).statusCode).toBe(200);
    await auth.setPassword(id, 'Another-Horse-8');
    expect((await login(email)).statusCode).toBe(401);
    expect((await login(email, 'Another-Horse-8')).statusCode).toBe(200);
  });
});

describe('renewal', () => {
  it('gives 20 tabs that ask at once an access token each and one of them the next cookie', async () => {
    const token = await signedInCookie();
    const answers = await Promise.all(Array.from({ length: 20 }, () => renew(token)));
    expect(answers.map(({ statusCode }) => statusCode)).toEqual(Array(20).fill(200));
    expect(answers.filter((answer) => cookieOf(answer))).toHaveLength(1);
    expect(await liveTokens(token)).toBe(1);
  });

  it('ends the session when an old cookie comes again after the leeway', async () => {
    const token = await signedInCookie();
    const next = cookieOf(await renew(token))?.value;
    await owner.query(`update write_side.refresh_tokens set used_at = used_at - interval '11 seconds'`);
    expect((await renew(token)).statusCode).toBe(401);
    expect((await renew(next)).statusCode).toBe(401);
  });

  it('ends with signing out, also while it is under way', async () => {
    const token = await signedInCookie();
    const signOut = () =>
      app.inject({ method: 'POST', url: '/api/v1/auth/logout', cookies: { [refreshCookie]: token } });
    const [, signedOut] = await Promise.all([renew(token), signOut(), renew(token)]);
    expect(signedOut.json()).toEqual({ success: true });
    expect(cookieOf(signedOut)?.value).toBe('');
    expect(await liveTokens(token)).toBe(0);
    expect((await renew(token)).statusCode).toBe(401);
  });

  it('is refused without a cookie, with a made-up one, after its time and from a page of another site', async () => {
    expect((await renew(undefined)).statusCode).toBe(401);
    expect((await renew('a'.repeat(43))).statusCode).toBe(401);
    const token = await signedInCookie();
    expect((await renew(token, { 'sec-fetch-site': 'cross-site' })).statusCode).toBe(403);
    expect((await renew(token, { 'sec-fetch-site': 'same-origin' })).statusCode).toBe(200);
    const old = await signedInCookie();
    await owner.query(`update write_side.refresh_tokens set expires_at = now() where used_at is null`);
    expect((await renew(old)).statusCode).toBe(401);
  });

  it('is refused to a person who was suspended', async () => {
    const { id, email } = await addPerson();
    const token = cookieOf(await login(email))?.value;
    await owner.query('update read.access_users_v1 set active = false where user_id = $1', [id]);
    expect((await renew(token)).statusCode).toBe(401);
  });

  const liveTokens = async (token: string): Promise<number> => {
    const { rows } = await owner.query<{ live: number }>(
      `select count(*)::int as live
       from write_side.refresh_tokens t
       join write_side.sessions s on s.id = t.session_id and s.revoked_at is null
       where t.used_at is null and t.expires_at > now()
         and t.session_id = (select session_id from write_side.refresh_tokens where hash = sha256($1::bytea))`,
      [Buffer.from(token)],
    );
    return rows[0]?.live ?? -1;
  };
});

describe('a signed-in person', () => {
  it('sees who they are and which sites they may enter, and enters one', async () => {
    const { email } = await addPerson({ role: 'viewer' });
    const { token, user } = (await login(email)).json();
    expect((await call('GET', '/api/v1/auth/me', token)).json()).toEqual({ user });
    const site = { id: brussels, name: 'Brussels', role: 'viewer' };
    expect((await call('GET', '/api/v1/auth/sites', token)).json()).toEqual({ sites: [site] });
    const entered = await call('POST', '/api/v1/auth/site', token, { siteId: brussels, makeDefault: true });
    expect(entered.json()).toEqual({ success: true, currentSite: site });
    expect(chosenDefaults).toEqual([brussels]);
    expect((await call('POST', '/api/v1/auth/site', token, { siteId: randomUUID() })).statusCode).toBe(403);
  });

  it('enters every site when they audit the whole system', async () => {
    const { email } = await addPerson({ role: '', systemRoles: ['auditor'] });
    expect((await login(email)).json().user.sites).toEqual([{ id: brussels, name: 'Brussels', role: 'auditor' }]);
  });

  it('has tokens that the published keys verify, whichever process signed them', async () => {
    const again = await createAuth({
      pool,
      masterKey: testMasterKey,
      accessReader: createAccessReader(pool),
      demo: false,
    });
    expect(again.signingKeys.current.kid).toBe(auth.signingKeys.current.kid);
    const keys = (await app.inject({ method: 'GET', url: '/.well-known/jwks.json' })).json();
    expect(keys.keys).toHaveLength(1);
    expect(Object.keys(keys.keys[0]).sort()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x']);
  });
});
