import { readMigrations } from '@ims/projector/migrations';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { refreshCookie } from './refresh-cookie.ts';
import { type AuthWorld, startAuthWorld } from './testing/auth-world.ts';
import { cookieIn, openBrowser } from './testing/browser.ts';

let world: AuthWorld;
beforeAll(async () => {
  world = await startAuthWorld(readMigrations);
});
afterAll(() => world?.stop());

const renew = (token: string | undefined, headers: Record<string, string> = {}) =>
  world.app.inject({
    method: 'POST',
    url: '/api/v1/auth/refresh',
    cookies: token ? { [refreshCookie]: token } : {},
    headers,
  });
const signIn = async () => {
  const { id, email } = await world.addPerson();
  const answer = await openBrowser(world.app).login(email);
  return { id, accessToken: answer.json().token as string, token: cookieIn(answer)?.value ?? '' };
};
const me = (token: string) =>
  world.app.inject({ method: 'GET', url: '/api/v1/auth/me', headers: { authorization: `Bearer ${token}` } });
const passLeeway = (token: string) =>
  world.owner.query(
    `update write_side.refresh_tokens set used_at = used_at - interval '11 seconds' where hash = sha256($1::bytea)`,
    [Buffer.from(token)],
  );

describe('renewal', () => {
  it('gives twenty tabs that ask at once an access token each, and all of them the same next cookie', async () => {
    const { token } = await signIn();
    const answers = await Promise.all(Array.from({ length: 20 }, () => renew(token)));
    expect(answers.map(({ statusCode }) => statusCode)).toEqual(Array(20).fill(200));
    expect(new Set(answers.map((answer) => cookieIn(answer)?.value)).size).toBe(1);
    expect(await liveTokens(token)).toBe(1);
  });

  it('gives the next cookie once more to whom the answer did not reach', async () => {
    const { token } = await signIn();
    const lost = cookieIn(await renew(token))?.value;
    const again = cookieIn(await renew(token))?.value;
    expect(again).toBe(lost);
    expect((await renew(again)).statusCode).toBe(200);
    // In use by now: the old one still opens an access token for a moment, and no cookie.
    const late = await renew(token);
    expect([late.statusCode, cookieIn(late)]).toEqual([200, undefined]);
  });

  it('gives the next cookie also when the answer fails, so that nobody is taken for a thief later', async () => {
    const { token } = await signIn();
    await world.owner.query('alter table read.users_v1 rename to users_v1_away');
    const failed = await renew(token);
    await world.owner.query('alter table read.users_v1_away rename to users_v1');
    expect(failed.statusCode).toBeGreaterThanOrEqual(500);
    await passLeeway(token);
    expect((await renew(cookieIn(failed)?.value)).statusCode).toBe(200);
  });

  it('ends the session with its access tokens when an old cookie comes again after the leeway', async () => {
    const { id, token, accessToken } = await signIn();
    const next = cookieIn(await renew(token))?.value;
    await passLeeway(token);
    expect((await me(accessToken)).statusCode).toBe(200);
    const replays = await Promise.all([1, 2, 3].map(() => renew(token, { 'user-agent': 'thief' })));
    expect(replays.map(({ statusCode }) => statusCode)).toEqual([401, 401, 401]);
    expect((await renew(next)).statusCode).toBe(401);
    expect((await me(accessToken)).statusCode).toBe(401);
    const reports = (await world.reportsOf(id)).filter(({ event }) => event.type === 'SessionRevoked');
    expect(reports.map(({ event }) => event.data)).toEqual([
      { userId: id, because: 'token-reused', ip: '127.0.0.1', userAgent: 'thief' },
    ]);
  });

  it('ends the session by an old cookie whose next one the owner used as well', async () => {
    const { token } = await signIn();
    const second = cookieIn(await renew(token))?.value;
    const third = cookieIn(await renew(second))?.value;
    await passLeeway(token);
    expect((await renew(token)).statusCode).toBe(401);
    expect((await renew(third)).statusCode).toBe(401);
  });

  it('ends with signing out, also while it is under way', async () => {
    const { token, accessToken } = await signIn();
    const signOut = () =>
      world.app.inject({ method: 'POST', url: '/api/v1/auth/logout', cookies: { [refreshCookie]: token } });
    const [, signedOut] = await Promise.all([renew(token), signOut(), renew(token)]);
    expect(signedOut.json()).toEqual({ success: true });
    expect(cookieIn(signedOut)?.value).toBe('');
    expect(await liveTokens(token)).toBe(0);
    expect((await renew(token)).statusCode).toBe(401);
    expect((await me(accessToken)).statusCode).toBe(401);
  });

  it('is refused without a cookie, with a made-up one, after its time and from a page of another site', async () => {
    expect((await renew(undefined)).statusCode).toBe(401);
    expect((await renew('a'.repeat(43))).statusCode).toBe(401);
    const { token } = await signIn();
    expect((await renew(token, { 'sec-fetch-site': 'cross-site' })).statusCode).toBe(403);
    expect((await renew(token, { origin: 'https://elsewhere.example' })).statusCode).toBe(403);
    expect((await renew(token, { 'sec-fetch-site': 'same-origin' })).statusCode).toBe(200);
    const old = await signIn();
    await world.owner.query(`update write_side.refresh_tokens set expires_at = now() where hash = sha256($1::bytea)`, [
      Buffer.from(old.token),
    ]);
    expect((await renew(old.token)).statusCode).toBe(401);
  });

  it('never outlives the longest life of its session', async () => {
    const { id, token } = await signIn();
    await world.owner.query(
      `update write_side.sessions set expires_at = now() + interval '1 hour' where user_id = $1`,
      [id],
    );
    expect((await renew(token)).statusCode).toBe(200);
    const { rows } = await world.owner.query(
      `select bool_and(t.expires_at <= s.expires_at) as within from write_side.refresh_tokens t
       join write_side.sessions s on s.id = t.session_id where s.user_id = $1 and t.used_at is null`,
      [id],
    );
    expect(rows).toEqual([{ within: true }]);
  });

  it('is refused to a person who was suspended', async () => {
    const { id, token } = await signIn();
    await world.owner.query('update read.access_users_v1 set active = false where user_id = $1', [id]);
    expect((await renew(token)).statusCode).toBe(401);
  });

  const liveTokens = async (token: string): Promise<number> => {
    const { rows } = await world.owner.query<{ live: number }>(
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
