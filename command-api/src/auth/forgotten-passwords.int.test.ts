import { nobody } from '@ims/platform/security-events/security-inbox';
import { readMigrations } from '@ims/projector/migrations';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AuthWorld, startAuthWorld } from './testing/auth-world.ts';
import { openBrowser } from './testing/browser.ts';
import { goodPassword } from './testing/test-people.ts';

let world: AuthWorld;
beforeAll(async () => {
  world = await startAuthWorld(readMigrations);
});
afterAll(() => world?.stop());

const asker = { actorId: '00000000-0000-7000-8000-0000000000ad', correlationId: 'asked' };

const forgot = async (email: string): Promise<{ status: number; body: unknown }> => {
  const answer = await openBrowser(world.app).send('POST', '/password/forgot', { payload: { email } });
  await world.auth.routeOptions.afterAnswer.whenDone();
  return { status: answer.statusCode, body: answer.json() };
};
const reset = (token: string, newPassword = 'Better-Horse-8') =>
  openBrowser(world.app).send('POST', '/password/reset', { payload: { token, newPassword } });
const linksTo = async (email: string): Promise<string[]> =>
  (await world.mailsTo(email)).flatMap((mail) =>
    mail.template === 'password-reset' || mail.template === 'welcome' ? [mail.link] : [],
  );
const tokenIn = (link = ''): string => new URL(link).hash.replace('#token=', '');
const recordedChanges = async (userId: string): Promise<number> =>
  (await world.log.readStream(`user-${userId}`)).filter(({ type }) => type === 'UserPasswordChanged').length;

describe('a forgotten password', () => {
  it('is answered the same for everybody, and mails a link to who is there and may sign in', async () => {
    const { email } = await world.addPerson();
    const suspended = await world.addPerson({ active: false });
    const expected = { status: 202, body: { success: true } };
    for (const name of [email.toUpperCase(), suspended.email, 'nobody@example.org', 'no\u0000body']) {
      expect(await forgot(name)).toEqual(expected);
    }
    expect(await world.mailsTo(email)).toMatchObject([
      { template: 'password-reset', displayName: 'Émilie', timezone: 'Europe/Brussels' },
    ]);
    expect((await linksTo(email))[0]).toMatch(/^https:\/\/ims\.example\.org\/reset-password#token=[\w-]{43}$/);
    expect(await world.mailsTo(suspended.email)).toEqual([]);
  });

  it('mails three links in an hour at most, of which the last one opens', async () => {
    const { email } = await world.addPerson();
    await Promise.all([forgot(email), forgot(email), forgot(email), forgot(email)]);
    await forgot(email);
    const links = await linksTo(email);
    expect(links).toHaveLength(3);
    const statuses = [];
    for (const link of links) statuses.push((await reset(tokenIn(link))).statusCode);
    expect(statuses.sort()).toEqual([200, 400, 400]);
  });
});

describe('somebody who signs in only by an external issuer', () => {
  const link = (userId: string) =>
    world.owner.query('insert into write_side.external_identities (issuer, subject, user_id) values ($1, $2, $3)', [
      'https://issuer.example.org',
      `idp|${userId}`,
      userId,
    ]);

  it('is mailed no way around it, and an administrator is told why', async () => {
    const { id, email } = await world.addPerson({ password: '' });
    await link(id);
    expect((await forgot(email)).status).toBe(202);
    expect(await world.auth.sendReset(id, asker)).toMatchObject({
      code: 'CONFLICT',
      message: expect.stringContaining('signs in by an external issuer'),
    });
    expect(await world.auth.handOutReset(id, asker)).toMatchObject({ code: 'CONFLICT' });
    expect([await world.mailsTo(email), await world.reportsOf(id)]).toEqual([[], []]);
  });

  it('gets no password by a link of before either', async () => {
    const { id, email } = await world.addPerson({ password: '' });
    await forgot(email);
    const [token] = (await linksTo(email)).map(tokenIn);
    await link(id);
    expect((await reset(token ?? '')).json().error.details).toMatchObject([{ field: 'token' }]);
    expect((await openBrowser(world.app).login(email, 'Better-Horse-8')).statusCode).toBe(401);
  });

  it('who has a password as well gets a new one', async () => {
    const { id, email } = await world.addPerson();
    await link(id);
    await forgot(email);
    expect(await world.mailsTo(email)).toMatchObject([{ template: 'password-reset' }]);
  });
});

describe('a mailed link is recorded', () => {
  const sentTo = async (userId: string) =>
    (await world.reportsOf(userId)).flatMap(({ event, actorId, correlationId }) =>
      event.type === 'PasswordResetSent' ? [{ by: event.data.by, actorId, correlationId }] : [],
    );

  it('with who asked for it: anybody who knows the address, or an administrator', async () => {
    const { id, email } = await world.addPerson();
    await forgot(email);
    expect(await world.auth.sendReset(id, asker)).toBeUndefined();
    expect(await sentTo(id)).toEqual([
      { by: 'owner', actorId: nobody, correlationId: expect.stringMatching(/./) },
      { by: 'administrator', ...asker },
    ]);
  });

  it('and not when none was sent', async () => {
    const { id, email } = await world.addPerson({ active: false });
    await forgot(email);
    expect(await sentTo(id)).toEqual([]);
  });

  it('as well when it is handed on without a mail', async () => {
    const { id, email } = await world.addPerson();
    expect((await reset(tokenIn(String(await world.auth.handOutReset(id, asker))))).statusCode).toBe(200);
    expect(await sentTo(id)).toEqual([{ by: 'administrator', ...asker }]);
    expect((await world.mailsTo(email)).map(({ template }) => template)).toEqual(['password-changed']);
  });
});

describe('the link of a mail', () => {
  const linkFor = async (email: string): Promise<string> => {
    await forgot(email);
    return tokenIn((await linksTo(email)).at(-1));
  };

  it('sets a new password, signs out everywhere, ends locks and tells the owner', async () => {
    const { id, email } = await world.addPerson();
    const before = openBrowser(world.app);
    await before.login(email);
    for (let time = 0; time < 5; time += 1) await openBrowser(world.app).login(email, 'Wrong-Horse-7');
    expect((await reset(await linkFor(email))).json()).toEqual({ success: true });
    expect((await before.send('POST', '/refresh')).statusCode).toBe(401);
    expect((await openBrowser(world.app).login(email)).statusCode).toBe(401);
    expect((await openBrowser(world.app).login(email, 'Better-Horse-8')).statusCode).toBe(200);
    expect((await world.mailsTo(email)).map(({ template }) => template)).toEqual([
      'account-locked',
      'password-reset',
      'password-changed',
    ]);
    expect((await world.reportsOf(id)).map(({ event }) => event)).toContainEqual({
      type: 'AccountUnlocked',
      data: { userId: id, because: 'password-reset' },
    });
    expect(await recordedChanges(id)).toBe(1);
  });

  it('opens once, also when twenty come with it at once', async () => {
    const { id, email } = await world.addPerson();
    const token = await linkFor(email);
    const answers = await Promise.all(Array.from({ length: 20 }, (_none, at) => reset(token, `Parallel-Horse-${at}`)));
    expect(answers.filter(({ statusCode }) => statusCode === 200)).toHaveLength(1);
    expect(answers.filter(({ statusCode }) => statusCode === 400)).toHaveLength(19);
    expect(await recordedChanges(id)).toBe(1);
    const winner = answers.findIndex(({ statusCode }) => statusCode === 200);
    expect((await openBrowser(world.app).login(email, `Parallel-Horse-${winner}`)).statusCode).toBe(200);
  });

  it('stays good for another try when the password was not good enough', async () => {
    const { email } = await world.addPerson();
    const token = await linkFor(email);
    const refused = await reset(token, goodPassword);
    expect(refused.json().error.details).toEqual([
      { field: 'newPassword', message: 'Password must differ from the last 5 you had' },
    ]);
    expect((await reset(token)).statusCode).toBe(200);
  });

  it('opens nothing after an hour, nor when it is made up', async () => {
    const { id, email } = await world.addPerson();
    const token = await linkFor(email);
    await world.owner.query(`update write_side.one_time_links set expires_at = now() where user_id = $1`, [id]);
    for (const dead of [token, 'a'.repeat(43)]) {
      expect((await reset(dead)).json().error.details).toMatchObject([{ field: 'token' }]);
    }
    expect((await openBrowser(world.app).login(email)).statusCode).toBe(200);
  });

  it('opens nothing once the password was changed by who knew it', async () => {
    const { email } = await world.addPerson();
    const token = await linkFor(email);
    const browser = openBrowser(world.app);
    const signedIn = (await browser.login(email)).json().token as string;
    const payload = { currentPassword: goodPassword, newPassword: 'Changed-Horse-9' };
    expect((await browser.send('POST', '/password/change', { token: signedIn, payload })).statusCode).toBe(200);
    expect((await reset(token)).json().error.details).toMatchObject([{ field: 'token' }]);
    expect((await openBrowser(world.app).login(email, 'Changed-Horse-9')).statusCode).toBe(200);
  });

  it('welcomes somebody who has no password yet, for a week, and is sent by an administrator as well', async () => {
    const { id, email } = await world.addPerson({ password: '' });
    expect(await world.auth.sendReset(id, asker)).toBeUndefined();
    const [mail] = await world.mailsTo(email);
    expect(mail).toMatchObject({ template: 'welcome' });
    const { rows } = await world.owner.query(
      `select extract(day from expires_at - created_at)::int as days from write_side.one_time_links where user_id = $1`,
      [id],
    );
    expect(rows).toEqual([{ days: 7 }]);
    expect((await reset(tokenIn((await linksTo(email))[0]))).statusCode).toBe(200);
    expect((await openBrowser(world.app).login(email, 'Better-Horse-8')).statusCode).toBe(200);
    expect(await world.auth.sendReset('00000000-0000-7000-8000-000000000001', asker)).toMatchObject({
      code: 'CONFLICT',
    });
  });
});
