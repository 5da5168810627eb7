import { randomUUID } from 'node:crypto';
import { readMigrations } from '@ims/projector/migrations';
import { hash } from '@node-rs/argon2';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { deviceCookie } from './known-devices.ts';
import { createPasswordHashing } from './password-hashing.ts';
import { type AuthWorld, startAuthWorld } from './testing/auth-world.ts';
import { type Browser, cookieIn, openBrowser } from './testing/browser.ts';
import { goodPassword } from './testing/test-people.ts';

let world: AuthWorld;
beforeAll(async () => {
  world = await startAuthWorld(readMigrations, { demo: true, hashing: createPasswordHashing() });
});
afterAll(() => world?.stop());

const login: Browser['login'] = (...given) => openBrowser(world.app).login(...given);
const call = (method: 'GET' | 'POST', url: string, token: string, payload?: object) =>
  openBrowser(world.app).send(method, url, { token, ...(payload ? { payload } : {}) });

describe('signing in', () => {
  it('works with the username in any spelling of its letters, and with the e-mail', async () => {
    const { id, username, email } = await world.addPerson();
    for (const name of [username, username.toUpperCase().normalize('NFD'), email]) {
      const answer = await login(name);
      expect(answer.statusCode).toBe(200);
      expect(answer.json()).toMatchObject({ passwordExpired: false });
      expect(answer.json().user).toEqual({
        id,
        username,
        email,
        displayName: 'Émilie',
        timezone: 'Europe/Brussels',
        systemRoles: [],
        defaultSiteId: null,
        sites: [{ id: world.brussels, name: 'Brussels', role: 'editor' }],
        demo: true,
      });
    }
  });

  it('sets cookies that only this origin can get back', async () => {
    const { email } = await world.addPerson();
    const cookie = { httpOnly: true, secure: true, sameSite: 'Strict', path: '/' };
    const forNow = await login(email);
    expect(cookieIn(forNow)).toMatchObject(cookie);
    expect(cookieIn(forNow)).not.toHaveProperty('maxAge');
    expect(cookieIn(forNow, deviceCookie)).toMatchObject({ ...cookie, maxAge: 365 * 86_400 });
    expect(cookieIn(await login(email, goodPassword, true))).toMatchObject({ ...cookie, maxAge: 86_400 });
  });

  it('answers the same to an unknown name, a wrong password and a suspended person', async () => {
    const { email } = await world.addPerson();
    const suspended = await world.addPerson({ active: false });
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
      expect(answer.cookies).toEqual([]);
    }
  });

  it('is recorded with address and browser, whatever came of it', async () => {
    const { id, email } = await world.addPerson();
    const suspended = await world.addPerson({ active: false });
    const browser = openBrowser(world.app, { userAgent: `Firefox ${'x'.repeat(600)}` });
    await browser.login(email, 'Wrong-Horse-7');
    await browser.login(email);
    await browser.login(suspended.email);
    await browser.login('somebody-else@example.org');
    const origin = { ip: '127.0.0.1', userAgent: `Firefox ${'x'.repeat(600)}`.slice(0, 512) };
    expect((await world.reportsOf(id)).map(({ event }) => event)).toEqual([
      {
        type: 'SignInFailed',
        data: { userId: id, method: 'password', reason: 'wrong-password', name: email, ...origin },
      },
      { type: 'SignInSucceeded', data: { userId: id, method: 'password', ...origin } },
    ]);
    expect((await world.reportsOf(suspended.id)).map(({ event }) => event.data)).toMatchObject([
      { reason: 'inactive' },
    ]);
    expect((await world.reportsOf(null)).map(({ event }) => event.data)).toContainEqual(
      expect.objectContaining({ reason: 'unknown', name: 'somebody-else@example.org', ...origin }),
    );
  });

  it('keeps the first password when it is made again, and takes a new one when it is set', async () => {
    const { id, email } = await world.addPerson();
    await world.auth.createPassword(id, 'Another-Horse-8');
    expect((await login(email)).statusCode).toBe(200);
    await world.auth.setPassword(id, 'Another-Horse-8');
    expect((await login(email)).statusCode).toBe(401);
    expect((await login(email, 'Another-Horse-8')).statusCode).toBe(200);
  });

  it('stores a password by the parameters of today when it was stored by older ones', async () => {
    const { id, email } = await world.addPerson();
    const older = await hash(goodPassword, { algorithm: 2, memoryCost: 8_192, timeCost: 2, parallelism: 1 });
    await world.owner.query('update write_side.credentials set password_hash = $2 where user_id = $1', [id, older]);
    const stored = async (): Promise<string> => {
      const { rows } = await world.owner.query('select password_hash from write_side.credentials where user_id = $1', [
        id,
      ]);
      return rows[0].password_hash;
    };
    expect((await login(email, 'Wrong-Horse-7')).statusCode).toBe(401);
    expect(await stored()).toBe(older);
    expect((await login(email)).statusCode).toBe(200);
    expect(await stored()).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect((await login(email)).statusCode).toBe(200);
  });

  it('is refused to a page of another site', async () => {
    const { email } = await world.addPerson();
    const payload = { username: email, password: goodPassword };
    for (const headers of [
      { 'sec-fetch-site': 'cross-site' },
      { origin: 'https://evil.example' },
      { origin: 'null' },
    ]) {
      const answer = await openBrowser(world.app).send('POST', '/login', { payload, headers });
      expect(answer.statusCode).toBe(403);
    }
    const own = { origin: 'https://ims.example.org', host: 'ims.example.org' };
    expect((await openBrowser(world.app).send('POST', '/login', { payload, headers: own })).statusCode).toBe(200);
  });
});

describe('a signed-in person', () => {
  it('sees who they are and which sites they may enter, and enters one', async () => {
    const { email } = await world.addPerson({ role: 'viewer' });
    const { token, user } = (await login(email)).json();
    expect((await call('GET', '/me', token)).json()).toEqual({ user });
    const site = { id: world.brussels, name: 'Brussels', role: 'viewer' };
    expect((await call('GET', '/sites', token)).json()).toEqual({ sites: [site] });
    const entered = await call('POST', '/site', token, { siteId: world.brussels, makeDefault: true });
    expect(entered.json()).toEqual({ success: true, currentSite: site });
    expect(world.chosenDefaults).toEqual([world.brussels]);
    expect((await call('POST', '/site', token, { siteId: randomUUID() })).statusCode).toBe(403);
  });

  it('enters every site when they audit the whole system', async () => {
    const { email } = await world.addPerson({ role: '', systemRoles: ['auditor'] });
    expect((await login(email)).json().user.sites).toEqual([{ id: world.brussels, name: 'Brussels', role: 'auditor' }]);
  });

  it('has tokens that the published keys verify, whichever process signed them', async () => {
    const again = await world.anotherAuth();
    expect(again.signingKeys.current.kid).toBe(world.auth.signingKeys.current.kid);
    const keys = (await world.app.inject({ method: 'GET', url: '/.well-known/jwks.json' })).json();
    expect(keys.keys).toHaveLength(1);
    expect(Object.keys(keys.keys[0]).sort()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x']);
  });
});
