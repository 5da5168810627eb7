import { externalCookie } from '@ims/command-api/external-identity/external-cookie';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CookieJar, createCookieJar } from './cookie-jar.ts';
import { type ExternalWorld, external, publicUrl, startExternalWorld } from './external-world.ts';

let world: ExternalWorld;
beforeAll(async () => {
  world = await startExternalWorld();
});
afterAll(() => world?.stop());

describe('an attacker', () => {
  const replaced = (callback: string, name: string, value: string): string => {
    const url = new URL(callback, publicUrl);
    url.searchParams.set(name, value);
    return url.pathname + url.search;
  };
  const begin = async (name = 'house') => {
    world.house.signInAs('idp|elias');
    world.partner.signInAs('idp|elias');
    const jar = createCookieJar();
    return { jar, callback: await world.goToIssuer(jar, { name }) };
  };
  const refused = async (jar: CookieJar, callback: string, problem: string): Promise<void> => {
    expect(await world.comeBack(jar, callback)).toBe(`/sign-in?external=${problem}`);
    expect(jar.cookie('__Host-ims-refresh')).toBeUndefined();
  };

  it('who changes the state gets nowhere', async () => {
    const { jar, callback } = await begin();
    await refused(jar, replaced(callback, 'state', 'mine'), 'refused');
  });

  it('who sends somebody else along with a code of their own gets nowhere', async () => {
    const { callback } = await begin();
    await refused(createCookieJar(), callback, 'expired');
    const victim = await begin();
    const code = new URL(callback, publicUrl).searchParams.get('code') ?? '';
    await refused(victim.jar, replaced(victim.callback, 'code', code), 'refused');
  });

  it('who replays a callback gets nowhere, with the cookie of then as little as without', async () => {
    const { jar, callback } = await begin();
    const cookie = jar.cookie(externalCookie) ?? '';
    expect(await world.comeBack(jar, callback)).toBe('/');
    const thief = createCookieJar();
    await refused(thief, callback, 'expired');
    thief.setCookie(world.running.url, externalCookie, cookie);
    await refused(thief, callback, 'expired');
  });

  it('whose page sends somebody to sign in gets nowhere', async () => {
    const answer = await fetch(`${world.running.url}/api/v1/auth/external/house/start`, {
      redirect: 'manual',
      headers: { 'sec-fetch-site': 'cross-site' },
    });
    expect([answer.status, answer.headers.get('location')]).toEqual([302, '/sign-in?external=refused']);
    expect(answer.headers.getSetCookie()).toEqual([]);
  });

  it('who uses a code a second time is refused by the issuer', async () => {
    const first = await begin();
    const second = await begin();
    expect(await world.comeBack(first.jar, first.callback)).toBe('/');
    const used = new URL(first.callback, publicUrl).searchParams.get('code') ?? '';
    await refused(second.jar, replaced(second.callback, 'code', used), 'refused');
  });

  it('who changes the cookie gets nowhere', async () => {
    const { jar, callback } = await begin();
    const cookie = decodeURIComponent(jar.cookie(externalCookie) ?? '');
    const bytes = Buffer.from(cookie, 'base64');
    bytes[40] = (bytes[40] ?? 0) ^ 1;
    jar.setCookie(world.running.url, externalCookie, encodeURIComponent(bytes.toString('base64')));
    await refused(jar, callback, 'expired');
  });

  it('who mixes two issuers up gets nowhere, by path as little as by name', async () => {
    const byPath = await begin('partner');
    await refused(byPath.jar, byPath.callback.replace('/partner/', '/house/'), 'expired');
    const byName = await begin('partner');
    await refused(byName.jar, replaced(byName.callback, 'iss', world.house.issuer), 'refused');
    const nameless = await begin('partner');
    const url = new URL(nameless.callback, publicUrl);
    url.searchParams.delete('iss');
    await refused(nameless.jar, url.pathname + url.search, 'refused');
  });

  it.each([
    '//evil.example.org',
    '/\\evil.example.org',
    '/\t/evil.example.org',
    'https://evil.example.org',
    '/sign-out',
  ])('who wants people to arrive at %j does not get them there', async (to) => {
    expect(await world.signIn('idp|elias', { to })).toBe('/');
  });

  it('learns nothing from the cookie, and no script and no later sign-in gets it', async () => {
    const start = await fetch(`${world.running.url}${external}/house/start?to=/s/secret`, { redirect: 'manual' });
    const [cookie = ''] = start.headers.getSetCookie();
    expect(cookie).toMatch(/; Max-Age=600; Path=\/; HttpOnly; Secure; SameSite=Lax$/);
    expect(Buffer.from(decodeURIComponent(cookie.split(/[=;]/)[1] ?? ''), 'base64').toString()).not.toContain('secret');
    const asked = new URL(start.headers.get('location') ?? '').searchParams;
    expect(asked.get('code_challenge_method')).toBe('S256');
    expect(asked.get('code_challenge')).toMatch(/^[\w-]{43}$/);
    expect(asked.get('nonce')).toMatch(/^[\w-]{43}$/);
  });
});
