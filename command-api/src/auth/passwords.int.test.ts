import { readMigrations } from '@ims/projector/migrations';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AuthWorld, startAuthWorld } from './testing/auth-world.ts';
import { type Browser, openBrowser } from './testing/browser.ts';
import { goodPassword } from './testing/test-people.ts';

let world: AuthWorld;
beforeAll(async () => {
  world = await startAuthWorld(readMigrations);
});
afterAll(() => world?.stop());

const signIn = async (name: string, password?: string) => {
  const browser = openBrowser(world.app);
  const { token, passwordExpired } = (await browser.login(name, password)).json();
  return { browser, token: token as string, passwordExpired: passwordExpired as boolean };
};
const change = (browser: Browser, token: string, currentPassword: string, newPassword: string) =>
  browser.send('POST', '/password/change', { token, payload: { currentPassword, newPassword } });
const recordedChanges = async (userId: string): Promise<number> =>
  (await world.log.readStream(`user-${userId}`)).filter(({ type }) => type === 'UserPasswordChanged').length;

describe('changing the own password', () => {
  it('opens the account with the new one alone, signs out everywhere else and tells by mail', async () => {
    const { id, email } = await world.addPerson();
    const [here, elsewhere] = [await signIn(email), await signIn(email)];
    const answer = await change(here.browser, here.token, goodPassword, 'Better-Horse-8');
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toMatchObject({ passwordExpired: false, user: { id } });
    expect((await here.browser.send('GET', '/me', { token: answer.json().token })).statusCode).toBe(200);
    expect((await here.browser.send('POST', '/refresh')).statusCode).toBe(200);
    expect((await elsewhere.browser.send('GET', '/me', { token: elsewhere.token })).statusCode).toBe(401);
    expect((await elsewhere.browser.send('POST', '/refresh')).statusCode).toBe(401);
    expect((await openBrowser(world.app).login(email)).statusCode).toBe(401);
    expect((await openBrowser(world.app).login(email, 'Better-Horse-8')).statusCode).toBe(200);
    expect(await recordedChanges(id)).toBe(1);
    expect(await world.mailsTo(email)).toMatchObject([{ template: 'password-changed' }]);
  });

  it('needs the current one, and five wrong ones close the account to that device', async () => {
    const { id, email } = await world.addPerson();
    const { browser, token } = await signIn(email);
    for (let time = 0; time < 5; time += 1) {
      const refused = await change(browser, token, 'Wrong-Horse-7', 'Better-Horse-8');
      expect(refused.statusCode).toBe(400);
      expect(refused.json().error.details).toEqual([
        { field: 'currentPassword', message: 'Current password is wrong' },
      ]);
    }
    expect((await change(browser, token, goodPassword, 'Better-Horse-8')).statusCode).toBe(400);
    expect((await browser.login(email)).statusCode).toBe(401);
    expect(await recordedChanges(id)).toBe(0);
    expect(await world.mailsTo(email)).toMatchObject([{ template: 'account-locked' }]);
  });

  it('refuses a weak, a common and a personal one, each with its reason', async () => {
    const { email, username } = await world.addPerson();
    const { browser, token } = await signIn(email);
    const problemsOf = async (password: string): Promise<string[]> =>
      (await change(browser, token, goodPassword, password))
        .json()
        .error.details.map(({ message }: { message: string }) => message);
    expect(await problemsOf('Aa1-')).toEqual(['Password must have at least 8 characters']);
    expect(await problemsOf('Password-2026!')).toEqual(['Password is one of the most common ones']);
    expect(await problemsOf(`${username.toUpperCase()}-x1`)).toEqual([
      'Password must not contain your name, username or e-mail',
    ]);
  });

  it('refuses the last five, and takes the one before them again', async () => {
    const { email } = await world.addPerson();
    const { browser, token } = await signIn(email);
    const passwords = [goodPassword, ...Array.from({ length: 5 }, (_none, at) => `Another-Horse-${at}`)];
    for (const [at, next] of passwords.slice(1).entries()) {
      expect((await change(browser, token, passwords[at] ?? '', next)).statusCode).toBe(200);
    }
    const current = passwords.at(-1) ?? '';
    for (const used of passwords.slice(1)) {
      const refused = await change(browser, token, current, used);
      expect(refused.json().error.message).toBe('Password must differ from the last 5 you had');
    }
    expect((await change(browser, token, current, goodPassword)).statusCode).toBe(200);
  });

  it('happens once when it is asked for many times at once', async () => {
    const { id, email } = await world.addPerson();
    const { browser, token } = await signIn(email);
    const answers = await Promise.all(
      Array.from({ length: 6 }, (_none, at) => change(browser, token, goodPassword, `Parallel-Horse-${at}`)),
    );
    expect(answers.filter(({ statusCode }) => statusCode === 200)).toHaveLength(1);
    expect(await recordedChanges(id)).toBe(1);
  });
});

describe('an expired password', () => {
  const expire = (userId: string) =>
    world.owner.query(`update write_side.credentials set changed_at = now() - interval '91 days' where user_id = $1`, [
      userId,
    ]);

  it('opens its own change and nothing else, until it is changed', async () => {
    const { id, email } = await world.addPerson();
    await expire(id);
    const { browser, token, passwordExpired } = await signIn(email);
    expect(passwordExpired).toBe(true);
    for (const url of ['/me', '/sites', '/sessions']) {
      const refused = await browser.send('GET', url, { token });
      expect([refused.statusCode, refused.json().error.code]).toEqual([401, 'PASSWORD_EXPIRED']);
    }
    expect((await browser.send('POST', '/refresh')).json().passwordExpired).toBe(true);
    const changed = await change(browser, token, goodPassword, 'Better-Horse-8');
    expect(changed.json().passwordExpired).toBe(false);
    expect((await browser.send('GET', '/me', { token: changed.json().token })).statusCode).toBe(200);
  });

  it('is also the first one that somebody else has chosen, however new', async () => {
    const { id, email } = await world.addPerson({ password: '' });
    await world.auth.createPassword(id, 'First-Horse-1', { mustChange: true });
    const { browser, token, passwordExpired } = await signIn(email, 'First-Horse-1');
    expect(passwordExpired).toBe(true);
    expect((await change(browser, token, 'First-Horse-1', 'First-Horse-1')).statusCode).toBe(400);
    expect((await change(browser, token, 'First-Horse-1', 'Better-Horse-8')).json().passwordExpired).toBe(false);
  });
});

describe('the password policy', () => {
  it('is told to everybody, for the form', async () => {
    expect((await openBrowser(world.app).send('GET', '/password-policy')).json()).toEqual({
      policy: { profile: 'spec', minLength: 8, needsEveryClass: true, notReusable: 5, expiresAfterDays: 90 },
    });
  });
});
