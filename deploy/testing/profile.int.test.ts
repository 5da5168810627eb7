import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningProduct, runProduct } from './running-product.ts';

let running: RunningProduct;
beforeAll(async () => {
  running = await runProduct();
});
afterAll(() => running.stop());

describe('the own profile', () => {
  it('shows a new name, time zone and default site with the answer, and to others', async () => {
    const { call, userId } = await running.signIn('editor');
    const changes = { displayName: 'Elias von Editor', timezone: 'Europe/Lisbon', defaultSiteId: running.sites.lisbon };
    const saved = await call('PATCH', '/api/v1/auth/me', { body: changes });
    expect([saved.status, saved.body.success]).toEqual([200, true]);
    expect(saved.body.user).toMatchObject({ id: userId, ...changes });
    expect((await call('GET', '/api/v1/auth/me')).body.user).toMatchObject(changes);
    const admin = (await running.signIn('admin')).call;
    const people = await admin('GET', '/api/v1/users?search=Elias');
    expect(JSON.stringify(people.body)).toContain('Elias von Editor');
    const log = await running.product.log.readStream(`user-${userId}`);
    expect(log.slice(-2).map(({ type }) => type)).toEqual(['UserUpdated', 'UserDefaultSiteChosen']);
  });

  it('records nothing when nothing differs, and leaves out what is absent', async () => {
    const { call, userId } = await running.signIn('viewer');
    const before = (await call('GET', '/api/v1/auth/me')).body.user;
    const { displayName, timezone } = before;
    expect((await call('PATCH', '/api/v1/auth/me', { body: { displayName, timezone } })).status).toBe(200);
    expect((await call('PATCH', '/api/v1/auth/me', { body: {} })).body.user).toEqual(before);
    expect(await running.product.log.readStream(`user-${userId}`)).toHaveLength(1);
  });

  it('refuses a site where one has no role, and fields that are not one’s own to change', async () => {
    const { call } = await running.signIn('viewer');
    const foreign = await call('PATCH', '/api/v1/auth/me', { body: { defaultSiteId: running.sites.helsinki } });
    expect([foreign.status, foreign.body.error.details[0].field]).toEqual([400, 'defaultSiteId']);
    expect((await call('PATCH', '/api/v1/auth/me', { body: { email: 'me@example.org' } })).status).toBe(400);
  });
});

describe('signing out everywhere', () => {
  it('ends the access tokens for commands at once, and for queries within a second', async () => {
    const { call } = await running.signIn('operator');
    const read = () => call('GET', '/api/v1/auth/me');
    const query = () => call('GET', '/api/v1/operations/projections');
    expect((await read()).status).toBe(200);
    const asked = (await query()).status;
    expect(asked).not.toBe(401);
    expect((await call('DELETE', '/api/v1/auth/sessions')).status).toBe(200);
    const ended = performance.now();
    expect((await read()).status).toBe(401);
    while ((await query()).status !== 401) await delay(20);
    expect(performance.now() - ended).toBeLessThan(1_500);
  });
});
