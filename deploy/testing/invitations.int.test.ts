import { createPool } from '@ims/platform/database/pool';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mailsIn, tokenIn } from './mails-in.ts';
import { type Call, type RunningProduct, runProduct } from './running-product.ts';

const password = 'Correct-Horse-7';
let running: RunningProduct;
let admin: Call;
let editor: Call;
let owner: pg.Pool;
let lisbon: string;

beforeAll(async () => {
  running = await runProduct();
  admin = (await running.signIn('admin')).call;
  editor = (await running.signIn('editor')).call;
  owner = createPool({ url: running.databaseUrl, applicationName: 'test-owner', max: 2 });
  lisbon = running.sites.lisbon;
});
afterAll(async () => {
  await owner.end();
  await running.stop();
});

const members = () => `/api/v1/sites/${lisbon}/users`;
const invite = (email: string, role = 'viewer', headers: Record<string, string> = {}) =>
  admin('POST', members(), { body: { email, role }, headers });
const newestToken = async (email: string) => tokenIn((await mailsIn(running.databaseUrl, email)).at(-1));
const check = (token: string) => running.anonymous('POST', '/api/v1/auth/invitation/check', { body: { token } });
const accept = (token: string, username: string, changes: object = {}) =>
  running.anonymous('POST', '/api/v1/auth/invitation/accept', {
    body: { token, username, displayName: 'Nadia New', password, ...changes },
  });
const signIn = (username: string) => running.anonymous('POST', '/api/v1/auth/login', { body: { username, password } });

describe('inviting somebody to a site', () => {
  it('mails a link that makes an account with the role', async () => {
    const { status, body } = await invite('nadia@example.org', 'editor');
    expect([status, body]).toEqual([200, { success: true, userId: expect.any(String), invited: true }]);
    const { users } = (await admin('GET', members())).body;
    expect(users.find(({ id }: { id: string }) => id === body.userId)).toMatchObject({
      email: 'nadia@example.org',
      role: 'editor',
      invited: true,
      active: false,
    });
    const [mail] = await mailsIn(running.databaseUrl, 'nadia@example.org');
    expect(mail).toMatchObject({ template: 'invitation', siteName: 'Lisbon', inviter: 'Ada Administrator' });

    const token = tokenIn(mail);
    expect((await check(token)).body).toMatchObject({
      email: 'nadia@example.org',
      sites: [{ id: lisbon, name: 'Lisbon' }],
    });
    expect((await accept(token, 'nadia')).status).toBe(201);
    const signedIn = await signIn('nadia');
    expect(signedIn.body.user).toMatchObject({
      id: body.userId,
      username: 'nadia',
      email: 'nadia@example.org',
      sites: [{ id: lisbon, role: 'editor' }],
    });
    expect((await accept(token, 'nadia2')).status).toBe(404);
    expect((await check(token)).status).toBe(404);
  });

  it('sends a new link when asked again, and only that one opens', async () => {
    const first = await invite('again@example.org');
    const oldToken = await newestToken('again@example.org');
    const second = await invite('again@example.org', 'editor');
    expect(second.body).toEqual(first.body);
    expect(await mailsIn(running.databaseUrl, 'again@example.org')).toHaveLength(2);
    expect((await check(oldToken)).status).toBe(404);
    expect((await check(await newestToken('again@example.org'))).status).toBe(200);
  });

  it('is the same invitation when the request comes twice', async () => {
    const headers = { 'idempotency-key': 'invite-once' };
    const [first, second] = [
      await invite('once@example.org', 'viewer', headers),
      await invite('once@example.org', 'viewer', headers),
    ];
    expect(second.body).toEqual(first.body);
  });

  it('only tells somebody who has an account', async () => {
    const { body } = await invite('viewer@demo.example', 'viewer');
    expect(body).toMatchObject({ invited: false });
    const mails = await mailsIn(running.databaseUrl, 'viewer@demo.example');
    expect(mails).toMatchObject([{ template: 'added-to-site', siteName: 'Lisbon', role: 'viewer' }]);
    const changed = await invite('viewer@demo.example', 'editor');
    expect([changed.status, changed.body.error.details[0].field]).toEqual([409, 'email']);
  });

  it('is refused to those who do not administer the site', async () => {
    const { status } = await editor('POST', members(), { body: { email: 'x@example.org', role: 'viewer' } });
    expect(status).toBe(403);
    expect(await mailsIn(running.databaseUrl, 'x@example.org')).toEqual([]);
  });
});

describe('an invitation', () => {
  it('that was taken back opens an account without the site', async () => {
    const { body } = await invite('revoked@example.org');
    const token = await newestToken('revoked@example.org');
    expect((await admin('DELETE', `${members()}/${body.userId}`)).status).toBe(200);
    expect((await check(token)).body.sites).toEqual([]);
    expect((await accept(token, 'revoked')).status).toBe(201);
    expect((await signIn('revoked')).body.user.sites).toEqual([]);
  });

  it('names the fields that cannot be taken', async () => {
    await invite('picky@example.org');
    const token = await newestToken('picky@example.org');
    const weak = await accept(token, 'picky', { password: 'short' });
    expect([weak.status, weak.body.error.details[0].field]).toEqual([400, 'password']);
    const taken = await accept(token, 'Admin');
    expect([taken.status, taken.body.error.details[0].field]).toEqual([409, 'username']);
    expect((await accept(token, 'picky')).status).toBe(201);
  });

  it('makes one account, however many use its link at once, with the password of the one who got it', async () => {
    await invite('crowd@example.org');
    const token = await newestToken('crowd@example.org');
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, at) => accept(token, `crowd${at}`, { password: `Correct-Horse-${at}` })),
    );
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 404)).toHaveLength(9);
    const winner = answers.findIndex(({ status }) => status === 201);
    const { status } = await running.anonymous('POST', '/api/v1/auth/login', {
      body: { username: `crowd${winner}`, password: `Correct-Horse-${winner}` },
    });
    expect(status).toBe(200);
  });

  it('can be accepted once more when it died between the account and the end of its link', async () => {
    await invite('crash@example.org');
    const token = await newestToken('crash@example.org');
    expect((await accept(token, 'crash')).status).toBe(201);
    const reopen = () =>
      owner.query(`update write_side.one_time_links set used_at = null where hash = sha256(convert_to($1, 'utf8'))`, [
        token,
      ]);
    await reopen();
    expect((await accept(token, 'crash')).status).toBe(201);
    expect((await accept(token, 'crash')).status).toBe(404);
    await reopen();
    expect((await accept(token, 'other')).status).toBe(409);
    expect((await signIn('crash')).status).toBe(200);
  });
});
