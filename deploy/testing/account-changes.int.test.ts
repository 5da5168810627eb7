import { createPool } from '@ims/platform/database/pool';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { keepTypedPassword } from './keep-typed-password.ts';
import { mailsIn, tokenIn } from './mails-in.ts';
import { type Call, type RunningProduct, runProduct } from './running-product.ts';

const password = 'Correct-Horse-7';
let running: RunningProduct;
let admin: Call;
let database: pg.Pool;

beforeAll(async () => {
  running = await runProduct();
  admin = (await running.signIn('admin')).call;
  database = createPool({ url: running.databaseUrl, applicationName: 'ims-test-accounts', max: 1 });
});
afterAll(async () => {
  await database?.end();
  await running?.stop();
});

const users = '/api/v1/users';
const register = async (username: string): Promise<string> => {
  const email = `${username}@example.org`;
  const { body } = await admin('POST', users, { body: { username, email, displayName: username, password } });
  await keepTypedPassword(running.databaseUrl, body.user.id);
  return body.user.id;
};
const act = (id: string, action: string, key?: string) =>
  admin('POST', `${users}/${id}/${action}`, key ? { headers: { 'idempotency-key': key } } : {});
const signIn = async (username: string): Promise<() => Promise<number>> => {
  const { body } = await running.anonymous('POST', '/api/v1/auth/login', { body: { username, password } });
  const headers = { authorization: `Bearer ${body.token}` };
  return async () => (await running.anonymous('GET', '/api/v1/auth/me', { headers })).status;
};
const lastMailTo = async (email: string) => (await mailsIn(running.databaseUrl, email)).at(-1);
const choose = (token: string) =>
  running.anonymous('POST', '/api/v1/auth/password/reset', { body: { token, newPassword: 'Better-Horse-8' } });

describe('deactivating somebody', () => {
  it('leaves no session to come back with them, not even one that began at the same moment', async () => {
    const id = await register('lena');
    const lena = await signIn('lena');
    await act(id, 'deactivate');
    // What a sign-in leaves that had looked before and is written only now.
    await database.query('update write_side.sessions set revoked_at = null where user_id = $1', [id]);
    expect((await act(id, 'reactivate')).body.user.active).toBe(true);
    expect(await lena()).toBe(401);
    expect(await (await signIn('lena'))()).toBe(200);
  });

  it('ends links to choose a password, which open nothing afterwards either', async () => {
    const id = await register('rosa');
    await act(id, 'send-reset');
    const token = tokenIn(await lastMailTo('rosa@example.org'));
    await act(id, 'deactivate');
    expect((await choose(token)).body.error.details[0].field).toBe('token');
    await act(id, 'reactivate');
    expect((await choose(token)).body.error.details[0].field).toBe('token');
    expect(await (await signIn('rosa'))()).toBe(200);
  });

  it('does nothing when the same request comes again after they were let in again', async () => {
    const id = await register('mira');
    const key = `deactivate-${id}`;
    expect((await act(id, 'deactivate', key)).body.user.active).toBe(false);
    expect((await act(id, 'deactivate', key)).body.user.active).toBe(false);
    await act(id, 'reactivate');
    const mira = await signIn('mira');
    const again = await act(id, 'deactivate', key);
    expect([again.status, again.body.user.active]).toEqual([200, true]);
    expect(await mira()).toBe(200);
  });

  it('signs nobody out who is let in although they never were out', async () => {
    const id = await register('nora');
    const nora = await signIn('nora');
    expect((await act(id, 'reactivate')).status).toBe(200);
    expect(await nora()).toBe(200);
  });
});

describe('another e-mail address', () => {
  const move = (id: string, body: object) => admin('PATCH', `${users}/${id}`, { body });

  it('is told to the address before, once and without naming the new one', async () => {
    const id = await register('ines');
    await move(id, { email: 'ines@example.org', displayName: 'Inês' });
    expect(await mailsIn(running.databaseUrl, 'ines@example.org')).toEqual([]);
    await move(id, { email: 'ines.new@example.org' });
    const mails = await mailsIn(running.databaseUrl, 'ines@example.org');
    expect(mails).toMatchObject([{ template: 'email-changed', displayName: 'Inês' }]);
    expect(JSON.stringify(mails)).not.toContain('ines.new');
  });

  it('gets the links that are asked for, and the one before none, at whatever moment', async () => {
    const id = await register('olga');
    const forgot = (email: string) => running.anonymous('POST', '/api/v1/auth/password/forgot', { body: { email } });
    const asking = ['olga@example.org', 'olga.new@example.org'].flatMap((email) => [forgot(email), forgot(email)]);
    const [moved] = await Promise.all([move(id, { email: 'olga.new@example.org' }), ...asking]);
    expect(moved.status).toBe(200);
    expect((await act(id, 'send-reset')).status).toBe(200);
    for (const mail of await mailsIn(running.databaseUrl, 'olga@example.org')) {
      if (mail.template === 'password-reset') expect((await choose(tokenIn(mail))).status).toBe(400);
    }
    expect((await choose(tokenIn(await lastMailTo('olga.new@example.org')))).status).toBe(200);
  });
});
