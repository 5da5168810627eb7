import { randomUUID } from 'node:crypto';
import { readMigrations } from '@ims/projector/migrations';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { refreshCookie } from './refresh-cookie.ts';
import { type AuthWorld, startAuthWorld } from './testing/auth-world.ts';
import { cookieIn, openBrowser } from './testing/browser.ts';
import { goodPassword } from './testing/test-people.ts';

let world: AuthWorld;
beforeAll(async () => {
  world = await startAuthWorld(readMigrations);
});
afterAll(() => world?.stop());

const firefox = 'Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0';
const safari =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1';

const signInTwice = async () => {
  const person = await world.addPerson();
  const [desk, phone] = [openBrowser(world.app, { userAgent: firefox }), openBrowser(world.app, { userAgent: safari })];
  const tokenOf = async (browser: typeof desk, remember: boolean): Promise<string> =>
    (await browser.login(person.email, goodPassword, remember)).json().token;
  return { person, desk, phone, deskToken: await tokenOf(desk, false), phoneToken: await tokenOf(phone, true) };
};

describe('signing in again in the same browser', () => {
  it('ends the sign-in before, whoever it was, and leaves those elsewhere', async () => {
    const { person, desk, phone, deskToken } = await signInTwice();
    const before = desk.refreshToken() ?? '';
    const colleague = await world.addPerson();
    for (const name of [person.email, colleague.email]) {
      const token: string = (await desk.login(name)).json().token;
      expect((await desk.send('GET', '/me', { token })).statusCode).toBe(200);
      expect((await desk.send('GET', '/me', { token: deskToken })).statusCode).toBe(401);
    }
    const copied = await world.app.inject({
      method: 'POST',
      url: '/api/v1/auth/refresh',
      cookies: { [refreshCookie]: before },
    });
    expect(copied.statusCode).toBe(401);
    expect((await desk.send('POST', '/refresh')).json().user.id).toBe(colleague.id);
    expect((await phone.send('POST', '/refresh')).statusCode).toBe(200);
    expect(await liveSessionsOf(person.id)).toBe(1);
  });

  it('ends nothing when the password is wrong', async () => {
    const { person, desk, deskToken } = await signInTwice();
    expect((await desk.login(person.email, 'Wrong-Horse-7')).statusCode).toBe(401);
    expect((await desk.send('GET', '/me', { token: deskToken })).statusCode).toBe(200);
  });

  const liveSessionsOf = async (userId: string): Promise<number> => {
    const { rowCount } = await world.owner.query(
      'select from write_side.sessions where user_id = $1 and revoked_at is null',
      [userId],
    );
    return rowCount ?? 0;
  };
});

describe('ending a sign-in of one’s own', () => {
  it('is recorded: of one, and of all', async () => {
    const { person, desk, deskToken } = await signInTwice();
    const { sessions } = (await desk.send('GET', '/sessions', { token: deskToken })).json();
    const other = sessions.find(({ current }: { current: boolean }) => !current);
    for (const url of [`/sessions/${other.id}`, `/sessions/${other.id}`, '/sessions']) {
      await desk.send('DELETE', url, { token: deskToken });
    }
    const where = { userId: person.id, ip: '127.0.0.1', userAgent: firefox };
    const reports = await world.reportsOf(person.id);
    expect(reports.filter(({ event }) => event.type === 'SessionRevoked')).toMatchObject([
      { actorId: person.id, event: { data: { ...where, because: 'ended-by-owner' } } },
      { actorId: person.id, event: { data: { ...where, because: 'signed-out-everywhere' } } },
    ]);
  });
});

describe('the list of own sign-ins', () => {
  it('names browser and system of each, and which one is this', async () => {
    const { desk, deskToken } = await signInTwice();
    const { sessions } = (await desk.send('GET', '/sessions', { token: deskToken })).json();
    expect(sessions).toHaveLength(2);
    expect(sessions).toContainEqual(
      expect.objectContaining({ current: true, browser: 'Firefox', system: 'Linux', remembered: false }),
    );
    expect(sessions).toContainEqual(
      expect.objectContaining({ current: false, browser: 'Safari', system: 'iOS', remembered: true }),
    );
  });

  it('ends another one at once, for its access token as well as for its cookie', async () => {
    const { desk, phone, deskToken, phoneToken } = await signInTwice();
    const { sessions } = (await desk.send('GET', '/sessions', { token: deskToken })).json();
    const other = sessions.find(({ current }: { current: boolean }) => !current);
    const ended = await desk.send('DELETE', `/sessions/${other.id}`, { token: deskToken });
    expect([ended.statusCode, cookieIn(ended)]).toEqual([200, undefined]);
    expect((await phone.send('GET', '/me', { token: phoneToken })).statusCode).toBe(401);
    expect((await phone.send('POST', '/refresh')).statusCode).toBe(401);
    expect((await desk.send('GET', '/me', { token: deskToken })).statusCode).toBe(200);
    expect((await desk.send('DELETE', `/sessions/${other.id}`, { token: deskToken })).statusCode).toBe(404);
  });

  it('does not reach those of other people', async () => {
    const mine = await signInTwice();
    const theirs = await signInTwice();
    const { sessions } = (await theirs.desk.send('GET', '/sessions', { token: theirs.deskToken })).json();
    for (const id of [sessions[0].id, randomUUID()]) {
      expect((await mine.desk.send('DELETE', `/sessions/${id}`, { token: mine.deskToken })).statusCode).toBe(404);
    }
    expect((await theirs.phone.send('POST', '/refresh')).statusCode).toBe(200);
  });

  it('ends all of them, this one too', async () => {
    const { desk, phone, deskToken, phoneToken } = await signInTwice();
    const ended = await desk.send('DELETE', '/sessions', { token: deskToken });
    expect(cookieIn(ended)?.value).toBe('');
    for (const [browser, token] of [
      [desk, deskToken],
      [phone, phoneToken],
    ] as const) {
      expect((await browser.send('GET', '/me', { token })).statusCode).toBe(401);
      expect((await browser.send('POST', '/refresh')).statusCode).toBe(401);
    }
  });

  it('is empty for somebody whom an administrator signed out', async () => {
    const { person, phone, phoneToken } = await signInTwice();
    await world.auth.endSessions(person.id, 'deactivated');
    expect((await phone.send('GET', '/sessions', { token: phoneToken })).statusCode).toBe(401);
  });
});
