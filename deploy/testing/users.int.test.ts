import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { keepTypedPassword } from './keep-typed-password.ts';
import { mailsIn, tokenIn } from './mails-in.ts';
import { type Call, type RunningProduct, runProduct } from './running-product.ts';

const password = 'Correct-Horse-7';
let running: RunningProduct;
let admin: Call;
let adminId: string;
let editor: Call;

beforeAll(async () => {
  running = await runProduct();
  ({ call: admin, userId: adminId } = await running.signIn('admin'));
  editor = (await running.signIn('editor')).call;
});
afterAll(() => running.stop());

const users = '/api/v1/users';
/** With the password of all, unless something else is given; that one counts as their own. */
const register = async (username: string, given?: object): Promise<string> => {
  const { body, status } = await admin('POST', users, {
    body: { username, email: `${username}@example.org`, displayName: `Person ${username}`, ...(given ?? { password }) },
  });
  expect([status, body.error]).toEqual([201, undefined]);
  if (!given) await keepTypedPassword(running.databaseUrl, body.user.id);
  return body.user.id;
};
const change = (id: string, body: object) => admin('PATCH', `${users}/${id}`, { body });
const act = (id: string, action: string, call = admin) => call('POST', `${users}/${id}/${action}`);
const roles = (id: string, given: readonly string[], call = admin) =>
  call('PUT', `${users}/${id}/system-roles`, { body: { roles: given } });
const signIn = (username: string) => running.anonymous('POST', '/api/v1/auth/login', { body: { username, password } });
const asPerson = async (username: string): Promise<Call> => {
  const { token } = (await signIn(username)).body;
  return (method, path, options = {}) =>
    running.anonymous(method, path, { ...options, headers: { ...options.headers, authorization: `Bearer ${token}` } });
};

describe('a new user', () => {
  it('without a password is mailed a link to choose one', async () => {
    const id = await register('welcome', {});
    const mails = await mailsIn(running.databaseUrl, 'welcome@example.org');
    expect(mails).toMatchObject([{ template: 'welcome', username: 'welcome' }]);
    expect((await signIn('welcome')).status).toBe(401);
    expect((await act(id, 'send-reset')).status).toBe(200);
    expect(await mailsIn(running.databaseUrl, 'welcome@example.org')).toHaveLength(2);
  });

  it('changes a password that an administrator typed before anything else', async () => {
    await register('typed', { password: 'First-Horse-1' });
    const login = { username: 'typed', password: 'First-Horse-1' };
    const { body } = await running.anonymous('POST', '/api/v1/auth/login', { body: login });
    expect(body.passwordExpired).toBe(true);
    const headers = { authorization: `Bearer ${body.token}` };
    const refused = await running.anonymous('GET', '/api/v1/auth/me', { headers });
    expect([refused.status, refused.body.error.code]).toEqual([401, 'PASSWORD_EXPIRED']);
    const changed = await running.anonymous('POST', '/api/v1/auth/password/change', {
      body: { currentPassword: login.password, newPassword: password },
      headers,
    });
    expect([changed.status, changed.body.passwordExpired]).toEqual([200, false]);
    expect((await (await asPerson('typed'))('GET', '/api/v1/auth/me')).status).toBe(200);
  });

  it('who is nobody gets no mail, no roles and no new name', async () => {
    const nobody = '0193a000-0000-7000-8000-00000000dead';
    const answers = await Promise.all([
      change(nobody, { displayName: 'X' }),
      roles(nobody, ['operator']),
      ...['deactivate', 'reactivate', 'unlock', 'send-reset'].map((action) => act(nobody, action)),
    ]);
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 404));
  });
});

describe('changed names', () => {
  it('sign in, and the old ones do not any more but can be taken by somebody else', async () => {
    const id = await register('maria');
    const { body } = await change(id, {
      username: 'maria.silva',
      email: 'silva@example.org',
      displayName: 'Maria Silva',
    });
    expect(body.user).toMatchObject({
      id,
      username: 'maria.silva',
      email: 'silva@example.org',
      displayName: 'Maria Silva',
    });
    for (const name of ['maria.silva', 'silva@example.org']) expect((await signIn(name)).status).toBe(200);
    for (const name of ['maria', 'maria@example.org']) expect((await signIn(name)).status).toBe(401);
    expect((await admin('GET', `${users}/${id}`)).body).toMatchObject({ user: { displayName: 'Maria Silva' } });
    expect(await register('maria')).not.toBe(id);
    expect((await signIn('maria')).body.user.displayName).toBe('Person maria');
  });

  it('end a link that was mailed to the address before', async () => {
    const id = await register('moves', {});
    const [mail] = await mailsIn(running.databaseUrl, 'moves@example.org');
    await change(id, { displayName: 'Moves House' });
    const choose = (newPassword: string) =>
      running.anonymous('POST', '/api/v1/auth/password/reset', { body: { token: tokenIn(mail), newPassword } });
    expect((await choose('weak')).body.error.details[0].field).toBe('newPassword');
    await change(id, { email: 'moved@example.org' });
    expect((await choose(password)).body.error.details[0].field).toBe('token');
    expect((await act(id, 'send-reset')).status).toBe(200);
    expect(await mailsIn(running.databaseUrl, 'moved@example.org')).toHaveLength(1);
  });

  it('are refused while somebody else has them, and the own ones are not', async () => {
    const id = await register('oscar');
    const taken = await change(id, { username: 'ADMIN' });
    expect([taken.status, taken.body.error.details[0].field]).toEqual([409, 'username']);
    const kept = await change(id, { username: 'oscar', email: 'oscar@example.org', displayName: 'Oscar' });
    expect([kept.status, kept.body.user.displayName]).toEqual([200, 'Oscar']);
    expect((await signIn('oscar')).status).toBe(200);
  });

  it('come back when they are changed back', async () => {
    const id = await register('back');
    for (const username of ['forth', 'back', 'forth', 'back']) await change(id, { username });
    expect((await signIn('back')).status).toBe(200);
    expect((await signIn('forth')).status).toBe(401);
  });
});

describe('a deactivated person', () => {
  it('is out at once, and in again when reactivated', async () => {
    const id = await register('lena');
    const lena = await asPerson('lena');
    expect((await lena('GET', '/api/v1/auth/me')).status).toBe(200);
    const { status, body } = await act(id, 'deactivate');
    expect([status, body.user.active]).toEqual([200, false]);
    expect((await lena('GET', '/api/v1/auth/me')).status).toBe(401);
    expect((await signIn('lena')).status).toBe(401);
    expect((await act(id, 'send-reset')).status).toBe(409);
    expect((await act(id, 'reactivate')).body.user.active).toBe(true);
    expect((await signIn('lena')).status).toBe(200);
    // The session of before ended for good.
    expect((await lena('GET', '/api/v1/auth/me')).status).toBe(401);
  });

  it('is never oneself', async () => {
    const { status, body } = await act(adminId, 'deactivate');
    expect([status, body.error.code]).toEqual([409, 'CONFLICT']);
  });
});

describe('roles of the system', () => {
  it('are given and taken, at once', async () => {
    const id = await register('otto2');
    const otto = await asPerson('otto2');
    expect((await otto('GET', '/api/v1/operations/projections')).status).toBe(403);
    expect((await roles(id, ['operator', 'auditor'])).body.user.systemRoles).toEqual(['auditor', 'operator']);
    await expect.poll(async () => (await otto('GET', '/api/v1/operations/projections')).status).toBe(200);
    expect((await roles(id, [])).body.user.systemRoles).toEqual([]);
    expect((await roles(id, ['operator'], editor)).status).toBe(403);
  });

  it('keep an administrator who can sign in, whoever else has the role', async () => {
    const sleeping = await register('sleeping');
    await roles(sleeping, ['administrator']);
    await act(sleeping, 'deactivate');
    const { status, body } = await roles(adminId, ['auditor']);
    expect([status, body.error.code]).toEqual([409, 'CONFLICT']);
    await roles(sleeping, []);
  });

  it('leave one administrator when two take the role from each other, or end each other’s way in, at the same time', async () => {
    const rounds = ['roles', 'deactivate'] as const;
    for (const round of rounds) {
      const names = [`anna-${round}`, `bert-${round}`] as const;
      const [anna, bert] = [await register(names[0]), await register(names[1])];
      for (const id of [anna, bert]) await roles(id, ['administrator']);
      const calls = [await asPerson(names[0]), await asPerson(names[1])] as const;
      // The demonstration's administrator steps aside, so that only these two are left.
      expect((await roles(adminId, [], calls[0])).status).toBe(200);
      const remove = (id: string, call: Call) =>
        round === 'roles' ? roles(id, [], call) : act(id, 'deactivate', call);
      const answers = await Promise.all([remove(bert, calls[0]), remove(anna, calls[1])]);
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
      const left = answers[0].status === 200 ? calls[0] : calls[1];
      expect((await roles(adminId, ['administrator'], left)).status).toBe(200);
      for (const id of [anna, bert]) await roles(id, []);
    }
  });
});

describe('looking for people', () => {
  const found = async (search: string) => {
    const { body } = await admin('GET', `${users}?search=${encodeURIComponent(search)}`);
    expect(body).toMatchObject({ users: expect.any(Array) });
    return body.users.map(({ username }: { username: string }) => username);
  };

  it('finds them by beginnings of words of name, username and e-mail, accents and case aside', async () => {
    await register('jdubois', { password, displayName: 'Jérémy Dubois', email: 'jeremy@societe.example' });
    for (const search of ['jerem', 'DUB JÉR', 'jdub', 'jeremy@soc', 'dubois jdubois']) {
      expect([search, await found(search)]).toEqual([search, ['jdubois']]);
    }
    for (const search of ['ubois', 'jerem nobody', '@', "'", 'dubois | admin']) {
      expect([search, await found(search)]).toEqual([search, []]);
    }
    expect((await found('')).length).toBeGreaterThan(5);
  });

  it('shows when they signed in last', async () => {
    await register('fresh');
    const seen = async () => (await admin('GET', `${users}?search=fresh`)).body.users?.[0]?.lastSignInAt;
    expect(await seen()).toBeNull();
    await signIn('fresh');
    await expect.poll(seen, { timeout: 10_000 }).toMatch(/^20.*Z$/);
  });
});
