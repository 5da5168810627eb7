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

const reset = (token: string, newPassword = 'Better-Horse-8') =>
  openBrowser(world.app).send('POST', '/password/reset', { payload: { token, newPassword } });
const forgot = async (email: string): Promise<void> => {
  await openBrowser(world.app).send('POST', '/password/forgot', { payload: { email } });
  await world.auth.routeOptions.afterAnswer.whenDone();
};
const create = (userId: string) => world.auth.links.create({ kind: 'password-reset', userId, lifeSeconds: 3_600 });
const openLinks = async (userId: string): Promise<number> => {
  const { rowCount } = await world.owner.query(
    'select from write_side.one_time_links where user_id = $1 and used_at is null',
    [userId],
  );
  return rowCount ?? 0;
};

describe('of several links to choose a password', () => {
  it('one is open, however many are made at once', async () => {
    const { id } = await world.addPerson();
    await Promise.all(Array.from({ length: 10 }, () => create(id)));
    expect(await openLinks(id)).toBe(1);
  });

  it('none opens once one of them was used', async () => {
    const { id, email } = await world.addPerson();
    const [first, second] = [await create(id), await create(id)];
    await world.owner.query('update write_side.one_time_links set used_at = null where user_id = $1', [id]);
    expect((await reset(second)).statusCode).toBe(200);
    expect((await reset(first, 'Thieving-Horse-9')).json().error.details).toMatchObject([{ field: 'token' }]);
    expect((await openBrowser(world.app).login(email, 'Better-Horse-8')).statusCode).toBe(200);
  });

  it('one at most is open when others are made while it is used', async () => {
    const { id } = await world.addPerson();
    const token = await create(id);
    const [{ statusCode }] = await Promise.all([reset(token), ...Array.from({ length: 5 }, () => create(id))]);
    expect([200, 400]).toContain(statusCode);
    expect(await openLinks(id)).toBeLessThanOrEqual(1);
  });
});

describe('a link to choose a password', () => {
  it('goes to no address that the person has given up, however far behind the read tables are', async () => {
    const { id, email } = await world.addPerson();
    const moved = `moved-${email}`;
    await world.owner.query(`update write_side.reservations set key = $2 where kind = 'email' and stream = $1`, [
      `user-${id}`,
      moved,
    ]);
    await forgot(moved);
    expect(await world.auth.sendReset(id, asker)).toMatchObject({ code: 'PROJECTION_LAGGING' });
    expect([await world.mailsTo(email), await world.mailsTo(moved)]).toEqual([[], []]);
    expect(await openLinks(id)).toBe(0);
    await world.owner.query('update read.users_v1 set email = $2 where user_id = $1', [id, moved]);
    await forgot(moved);
    expect(await world.mailsTo(moved)).toMatchObject([{ template: 'password-reset' }]);
  });

  it('opens nothing while the account is deactivated', async () => {
    const { id, email } = await world.addPerson();
    const token = await create(id);
    await world.deactivate(id);
    expect((await reset(token)).statusCode).toBe(409);
    expect((await world.log.readStream(`user-${id}`)).map(({ type }) => type)).not.toContain('UserPasswordChanged');
    await world.reactivate(id);
    expect((await openBrowser(world.app).login(email, goodPassword)).statusCode).toBe(200);
  });
});
