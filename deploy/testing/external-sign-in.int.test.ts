import { externalCookie } from '@ims/command-api/external-identity/external-cookie';
import { userEvolution } from '@ims/command-api/users/user';
import { userStream } from '@ims/contracts/ids';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createCookieJar } from './cookie-jar.ts';
import { type ExternalWorld, external, startExternalWorld } from './external-world.ts';

let world: ExternalWorld;
beforeAll(async () => {
  world = await startExternalWorld();
});
afterAll(() => world?.stop());

it('the sign-in page is told who else people can sign in by', async () => {
  const { status, body } = await world.running.anonymous('GET', external);
  expect([status, body]).toEqual([
    200,
    {
      issuers: [
        { name: 'house', label: 'Our house' },
        { name: 'partner', label: 'A partner' },
        { name: 'gone', label: 'Nobody there' },
      ],
    },
  ]);
});

describe('somebody whose verified e-mail address is known', () => {
  it('is linked at the first sign-in, arrives where they wanted to go, and is the same person from then on', async () => {
    const jar = createCookieJar();
    expect(await world.signIn('idp|elias', { jar, to: '/s/1?search=budget%20review' })).toBe(
      '/s/1?search=budget%20review',
    );
    expect(await world.whoIs(jar)).toBe('editor');
    expect(jar.cookie(externalCookie)).toBeUndefined();
    await world.owner.query(
      `update write_side.reservations set key = 'moved@demo.example' where key = 'editor@demo.example'`,
    );
    const again = createCookieJar();
    expect(await world.signIn('idp|elias', { jar: again })).toBe('/');
    expect(await world.whoIs(again)).toBe('editor');
    expect(await world.linkEvents(world.idOf('editor'))).toHaveLength(1);
    await world.owner.query(
      `update write_side.reservations set key = 'editor@demo.example' where key = 'moved@demo.example'`,
    );
  });

  it('leaves one session in the browser, that of the last sign-in', async () => {
    const jar = createCookieJar();
    await world.signIn('idp|elias', { jar });
    const first = jar.cookie('__Host-ims-refresh') ?? '';
    const callback = await world.goToIssuer(jar);
    // A browser keeps the strict cookie back where another site sends it here.
    jar.setCookie(world.running.url, '__Host-ims-refresh', '');
    expect(await world.comeBack(jar, callback)).toBe('/');
    expect(await world.whoIs(jar)).toBe('editor');
    const copy = createCookieJar();
    copy.setCookie(world.running.url, '__Host-ims-refresh', first);
    expect(await world.whoIs(copy)).toBeUndefined();
  });

  it('and has no password is mailed a link until then, and none afterwards', async () => {
    const userId = world.idOf('auditor');
    await world.owner.query('delete from write_side.credentials where user_id = $1', [userId]);
    const { call } = await world.running.signIn('admin');
    const sendReset = () => call('POST', `/api/v1/users/${userId}/send-reset`);
    expect((await sendReset()).status).toBe(200);
    expect(await world.signIn('idp|audrey')).toBe('/');
    const refused = await sendReset();
    expect([refused.status, refused.body.error.message]).toEqual([
      409,
      'There is no link for this person, who signs in by an external issuer and has no password here',
    ]);
  });

  it('leaves a sign-in in the log', () =>
    expect
      .poll(async () => (await world.securityEvents()).map(({ type, data }) => ({ type, data })), { timeout: 10_000 })
      .toContainEqual({
        type: 'SignInSucceeded',
        data: expect.objectContaining({ userId: world.idOf('editor'), method: 'external' }),
      }));

  it('is linked again where a crash came between the event and the row, with one event', async () => {
    await world.owner.query('delete from write_side.external_identities where subject = $1', ['idp|elias']);
    const jar = createCookieJar();
    expect(await world.signIn('idp|elias', { jar })).toBe('/');
    expect(await world.whoIs(jar)).toBe('editor');
    expect(await world.linkEvents(world.idOf('editor'))).toHaveLength(1);
  });

  it('is not taken for somebody of the same issuer who has the address now', async () => {
    expect(await world.signIn('idp|elias-2')).toBe('/sign-in?external=not-linked');
  });
});

describe('nobody is signed in', () => {
  it('whose e-mail address the issuer did not verify', async () => {
    expect(await world.signIn('idp|vera', { to: '/s/1' })).toBe('/sign-in?external=not-linked&to=%2Fs%2F1');
    const { rows } = await world.owner.query('select 1 from write_side.external_identities where subject = $1', [
      'idp|vera',
    ]);
    expect(rows).toEqual([]);
  });

  it('who is unknown here; the log says which subject it was', async () => {
    expect(await world.signIn('idp|nobody')).toBe('/sign-in?external=not-linked');
    await expect
      .poll(async () => (await world.securityEvents()).map(({ data }) => data), { timeout: 10_000 })
      .toContainEqual(expect.objectContaining({ reason: 'not-linked', name: 'house idp|nobody', userId: null }));
  });

  it('who is suspended, linked or not', async () => {
    const suspend = async (username: string) => {
      const { commands, projector, log } = world.running.product;
      const userId = world.idOf(username);
      await commands.handle(
        { stream: userStream(userId), evolution: userEvolution, decide: () => [{ type: 'UserDeactivated', data: {} }] },
        {
          ...commands.contexts.identify(userId, undefined, []),
          correlationId: 'suspend',
          signal: AbortSignal.timeout(5_000),
        },
      );
      await projector.whenCaughtUp(await log.headPosition());
    };
    await suspend('operator');
    expect(await world.signIn('idp|otto')).toBe('/sign-in?external=not-linked');
    await world.owner.query(
      'insert into write_side.external_identities (issuer, subject, user_id) values ($1, $2, $3)',
      [world.house.issuer, 'idp|otto', world.idOf('operator')],
    );
    const jar = createCookieJar();
    expect(await world.signIn('idp|otto', { jar })).toBe('/sign-in?external=not-linked');
    expect(await world.whoIs(jar)).toBeUndefined();
    await expect
      .poll(async () => (await world.securityEvents()).map(({ data }) => data), { timeout: 10_000 })
      .toContainEqual(expect.objectContaining({ reason: 'inactive', userId: world.idOf('operator') }));
  });

  it('who says no at the issuer', async () => {
    world.house.refuseSignIn();
    const jar = createCookieJar();
    expect(await world.comeBack(jar, await world.goToIssuer(jar))).toBe('/sign-in?external=refused');
  });
});

describe('an issuer that is down', () => {
  it('is said to be unavailable, and everybody else signs in', async () => {
    const start = await fetch(`${world.running.url}${external}/gone/start?to=/s/1`, { redirect: 'manual' });
    expect([start.status, start.headers.get('location')]).toEqual([302, '/sign-in?external=unavailable&to=%2Fs%2F1']);
    expect(start.headers.getSetCookie()).toEqual([]);
    expect((await (await world.running.signIn('viewer')).call('GET', '/api/v1/auth/me')).status).toBe(200);
    expect(await world.signIn('idp|elias')).toBe('/');
  });

  it('while somebody is on the way back loses nobody but them; when it is back they come in', async () => {
    world.partner.signInAs('idp|elias');
    const jar = createCookieJar();
    const callback = await world.goToIssuer(jar, { name: 'partner' });
    const { port } = world.partner;
    await world.partner.stop();
    expect(await world.comeBack(jar, callback)).toBe('/sign-in?external=unavailable');
    await world.restartPartner(port);
    const again = createCookieJar();
    await world.comeBack(again, await world.goToIssuer(again, { name: 'partner' }));
    expect(await world.whoIs(again)).toBe('editor');
  });

  it('is not asked about names that are not configured', async () => {
    const { status, body } = await world.running.anonymous('GET', `${external}/nobody/start`);
    expect([status, body.error.code]).toEqual([404, 'RESOURCE_NOT_FOUND']);
  });
});
