import { siteStream } from '@ims/contracts/ids';
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
const userIdOf = async (email: string): Promise<string> => {
  const { rows } = await owner.query('select user_id from read.users_v1 where email = $1', [email]);
  return rows[0]?.user_id;
};
const withdraw = (userId: string) => admin('DELETE', `${members()}/${userId}`);
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
    expect((await accept(token, 'nadia2')).status).toBe(409);
    expect((await check(token)).status).toBe(409);
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
    expect(await mailsIn(running.databaseUrl, 'once@example.org')).toHaveLength(1);
  });

  it('mails nothing twice to somebody with an account when the request comes twice', async () => {
    const headers = { 'idempotency-key': 'add-once' };
    for (let times = 0; times < 2; times += 1) await invite('operator@demo.example', 'viewer', headers);
    expect(await mailsIn(running.databaseUrl, 'operator@demo.example')).toHaveLength(1);
  });

  it('mails what a death kept back when the request comes again', async () => {
    const headers = { 'idempotency-key': 'invite-and-die' };
    await invite('died@example.org', 'viewer', headers);
    await owner.query('delete from write_side.one_time_links where user_id = $1', [await userIdOf('died@example.org')]);
    await invite('died@example.org', 'viewer', headers);
    expect((await check(await newestToken('died@example.org'))).status).toBe(200);
  });

  it('is in the log of the site each time, with who did it', async () => {
    const { body } = await invite('logged@example.org');
    await invite('logged@example.org');
    const events = await running.product.log.readStream(siteStream(lisbon));
    const invitations = events.filter(({ type, data }) => type === 'SiteMemberInvited' && data.includes(body.userId));
    expect(invitations).toHaveLength(2);
    expect(invitations[0]?.metadata.actorId).toBe((await running.signIn('admin')).userId);
  });

  it('mails one address three times an hour, also where the invitation was taken back meanwhile', async () => {
    const email = 'often@example.org';
    const again = async () => {
      const answer = await invite(email);
      if (answer.status === 200) await withdraw(answer.body.userId);
      return answer;
    };
    const answers = [await again(), await again(), await again(), await again()];
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 429]);
    expect(answers[3]?.body.error).toMatchObject({ code: 'RATE_LIMITED', message: expect.stringContaining('hour') });
    expect(answers[3]?.headers.get('retry-after')).toBe('3600');
    expect(await mailsIn(running.databaseUrl, email)).toHaveLength(3);
    await owner.query(`update write_side.invitation_mails set created_at = created_at - interval '1 hour'`);
    expect((await invite(email)).status).toBe(200);
  });

  it('is a matter of sixty an hour for one administrator, and the next begins anew', async () => {
    const { userId } = await running.signIn('admin');
    await owner.query(
      `insert into write_side.invitation_mails (command_id, address_hash, inviter_id)
       select gen_random_uuid(), sha256(n::text::bytea), $1 from generate_series(1, 60) n`,
      [userId],
    );
    expect((await invite('sixty-first@example.org')).status).toBe(429);
    expect(await mailsIn(running.databaseUrl, 'sixty-first@example.org')).toEqual([]);
    expect((await invite('operator@demo.example')).status).toBe(200);
    await owner.query('delete from write_side.invitation_mails');
    expect((await invite('sixty-first@example.org')).status).toBe(200);
  });

  it('says the same of every address that cannot be added', async () => {
    const userId = await userIdOf('auditor@demo.example');
    expect((await admin('POST', `/api/v1/users/${userId}/deactivate`)).status).toBe(200);
    const { status, body } = await invite('auditor@demo.example');
    expect([status, body.error.message]).toEqual([409, 'This address cannot be added; ask a system administrator']);
    await admin('POST', `/api/v1/users/${userId}/reactivate`);
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
  it('that was taken back opens nothing, and its address is free for another one', async () => {
    const { body } = await invite('revoked@example.org');
    const token = await newestToken('revoked@example.org');
    expect((await withdraw(body.userId)).status).toBe(200);
    expect((await check(token)).status).toBe(404);
    const refused = await accept(token, 'revoked');
    expect([refused.status, refused.body.error.message]).toEqual([404, expect.stringContaining('has expired')]);
    expect((await admin('GET', `/api/v1/users/${body.userId}`)).status).toBe(404);

    expect((await invite('revoked@example.org', 'editor')).status).toBe(200);
    expect((await accept(token, 'revoked')).status).toBe(404);
    expect((await accept(await newestToken('revoked@example.org'), 'revoked')).status).toBe(201);
    expect((await signIn('revoked')).body.user.sites).toMatchObject([{ id: lisbon, role: 'editor' }]);
  });

  it('that was taken back leaves its address to somebody who is registered', async () => {
    const { body } = await invite('registered@example.org');
    await withdraw(body.userId);
    const person = { username: 'registered', email: 'registered@example.org', displayName: 'Reg' };
    expect((await admin('POST', '/api/v1/users', { body: person })).status).toBe(201);
  });

  it('stays while another site waits for the person', async () => {
    const { body } = await invite('two@example.org');
    const { helsinki } = running.sites;
    await admin('POST', `/api/v1/sites/${helsinki}/users`, { body: { email: 'two@example.org', role: 'viewer' } });
    const token = await newestToken('two@example.org');
    await withdraw(body.userId);
    expect((await check(token)).body.sites).toMatchObject([{ id: helsinki }]);
    await admin('DELETE', `/api/v1/sites/${helsinki}/users/${body.userId}`);
    expect((await check(token)).status).toBe(404);
  });

  it('opens nothing for somebody whose roles ended in another way', async () => {
    const { body } = await invite('roleless@example.org');
    const token = await newestToken('roleless@example.org');
    await owner.query('delete from read.site_members_v1 where user_id = $1', [body.userId]);
    expect((await check(token)).status).toBe(404);
    expect((await accept(token, 'roleless')).status).toBe(404);
  });

  it('is taken back by an administrator of the system, on all sites at once', async () => {
    const { body } = await invite('system@example.org');
    const token = await newestToken('system@example.org');
    const ended = await admin('POST', `/api/v1/users/${body.userId}/deactivate`);
    expect([ended.status, ended.body.user]).toEqual([
      200,
      expect.objectContaining({ id: body.userId, email: 'system@example.org', active: false }),
    ]);
    expect((await check(token)).status).toBe(404);
    const { users } = (await admin('GET', members())).body;
    expect(users.filter(({ id }: { id: string }) => id === body.userId)).toEqual([]);
    expect((await invite('system@example.org')).status).toBe(200);
  });

  it('is either accepted or taken back when both happen at once', async () => {
    const { body } = await invite('both@example.org');
    const token = await newestToken('both@example.org');
    const [accepted, withdrawn] = await Promise.all([accept(token, 'both'), withdraw(body.userId)]);
    expect(withdrawn.status).toBe(200);
    expect([201, 404]).toContain(accepted.status);
    expect((await signIn('both')).status).toBe(accepted.status === 201 ? 200 : 401);
  });

  it('says to sign in when it was accepted already, to whoever has its link', async () => {
    await invite('lost@example.org');
    const token = await newestToken('lost@example.org');
    expect((await accept(token, 'lost')).status).toBe(201);
    const again = await accept(token, 'lost');
    expect([again.status, again.body.error.message]).toEqual([409, 'Your account exists; sign in']);
    const checked = await check(token);
    expect([checked.status, checked.body.error.message]).toEqual([409, 'Your account exists; sign in']);
    expect((await check(token.replace(/^./, (first) => (first === 'A' ? 'B' : 'A')))).status).toBe(404);
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
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(9);
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
    expect((await accept(token, 'crash')).status).toBe(409);
    await reopen();
    expect((await accept(token, 'other')).status).toBe(409);
    expect((await signIn('crash')).status).toBe(200);
  });
});
