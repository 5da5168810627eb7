import { nobody } from '@ims/platform/security-events/security-inbox';
import { readMigrations } from '@ims/projector/migrations';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { deviceCookie } from './known-devices.ts';
import { type AuthWorld, startAuthWorld } from './testing/auth-world.ts';
import { type Browser, openBrowser } from './testing/browser.ts';
import { goodPassword } from './testing/test-people.ts';

let world: AuthWorld;
beforeAll(async () => {
  world = await startAuthWorld(readMigrations);
});
afterAll(() => world?.stop());

const stranger = (): Browser => openBrowser(world.app);
const wrong = 'Wrong-Horse-7';

const fail = async (browser: Browser, name: string, times: number): Promise<void> => {
  for (let time = 0; time < times; time += 1) expect((await browser.login(name, wrong)).statusCode).toBe(401);
};
const endLockTime = (userId: string) =>
  world.owner.query(
    `update write_side.sign_in_guards set locked_until = now() - interval '1 second' where user_id = $1`,
    [userId],
  );
const eventsOf = async (userId: string): Promise<string[]> =>
  (await world.reportsOf(userId)).map(({ event }) => event.type);

describe('five wrong passwords in a row', () => {
  it('close the account to strangers, also to one with the right password, and tell the owner once', async () => {
    const { id, email } = await world.addPerson();
    await fail(stranger(), email, 5);
    const refused = await stranger().login(email);
    const unknown = await stranger().login('nobody-at-all@example.org');
    expect(refused.statusCode).toBe(401);
    expect({ ...refused.json().error, requestId: '' }).toEqual({ ...unknown.json().error, requestId: '' });
    await fail(stranger(), email, 3);
    const locks = (await world.reportsOf(id)).filter(({ event }) => event.type === 'AccountLocked');
    expect(locks.map(({ event }) => event.data)).toMatchObject([{ userId: id, failures: 5 }]);
    expect(await world.mailsTo(email)).toMatchObject([{ template: 'account-locked', timezone: 'Europe/Brussels' }]);
    const reasons = (await world.reportsOf(id)).flatMap(({ event }) =>
      event.type === 'SignInFailed' ? [event.data.reason] : [],
    );
    expect(reasons).toEqual([...Array(5).fill('wrong-password'), ...Array(4).fill('locked')]);
  });

  it('are nobody’s acts, least of all those of the person whose name was guessed at', async () => {
    const { id, email } = await world.addPerson();
    await fail(stranger(), email, 5);
    const reports = await world.reportsOf(id);
    expect(reports.map(({ event }) => event.type)).toContain('AccountLocked');
    expect(new Set(reports.map(({ actorId }) => actorId))).toEqual(new Set([nobody]));
  });

  it('count anew after a success in between', async () => {
    const { id, email } = await world.addPerson();
    await fail(stranger(), email, 4);
    expect((await stranger().login(email)).statusCode).toBe(200);
    await fail(stranger(), email, 4);
    expect((await stranger().login(email)).statusCode).toBe(200);
    expect(await eventsOf(id)).not.toContain('AccountLocked');
  });

  it('close it for a quarter of an hour, and it takes five more to close it again', async () => {
    const { id, email } = await world.addPerson();
    await fail(stranger(), email, 5);
    const { rows } = await world.owner.query(
      `select round(extract(epoch from locked_until - now()) / 60)::int as minutes from write_side.sign_in_guards where user_id = $1`,
      [id],
    );
    expect(rows).toEqual([{ minutes: 15 }]);
    await endLockTime(id);
    await fail(stranger(), email, 4);
    expect((await stranger().login(email)).statusCode).toBe(200);
    await fail(stranger(), email, 5);
    await endLockTime(id);
    await fail(stranger(), email, 5);
    expect((await stranger().login(email)).statusCode).toBe(401);
    expect(await world.mailsTo(email)).toHaveLength(3);
  });

  it('leave nothing of a name that nobody has, and no mail to somebody who is suspended', async () => {
    const suspended = await world.addPerson({ active: false });
    const before = await world.owner.query('select count(*)::int as mails from write_side.outbox');
    await fail(stranger(), 'not-there@example.org', 7);
    await fail(stranger(), suspended.email, 7);
    expect((await world.owner.query('select count(*)::int as mails from write_side.outbox')).rows).toEqual(before.rows);
    expect(await eventsOf(suspended.id)).toEqual(Array(7).fill('SignInFailed'));
  });
});

describe('a hundred guesses at once', () => {
  it('get nowhere with the right one among them when five wrong ones came first', async () => {
    const { id, email } = await world.addPerson();
    await fail(stranger(), email, 5);
    const guesses = Array.from({ length: 100 }, (_none, at) => (at === 50 ? goodPassword : `Wrong-Horse-${at}`));
    const statuses = await Promise.all(guesses.map(async (guess) => (await stranger().login(email, guess)).statusCode));
    expect(new Set(statuses)).toEqual(new Set([401]));
    expect(await eventsOf(id)).not.toContain('SignInSucceeded');
  });

  it('are five guesses: no more of them are checked before the account closes', async () => {
    const { id, email } = await world.addPerson();
    await Promise.all(Array.from({ length: 30 }, (_none, at) => stranger().login(email, `Wrong-Horse-${at}`)));
    const reasons = (await world.reportsOf(id)).flatMap(({ event }) =>
      event.type === 'SignInFailed' ? [event.data.reason] : [],
    );
    expect(reasons.filter((reason) => reason === 'wrong-password')).toHaveLength(5);
    expect(reasons.filter((reason) => reason === 'locked')).toHaveLength(25);
    expect(await world.mailsTo(email)).toHaveLength(1);
  });
});

describe('the device of the owner', () => {
  it('stays open while strangers lock themselves out, and closes by its own failures', async () => {
    const { email } = await world.addPerson();
    const own = openBrowser(world.app);
    expect((await own.login(email)).statusCode).toBe(200);
    await fail(stranger(), email, 6);
    expect((await own.login(email)).statusCode).toBe(200);
    await fail(own, email, 5);
    expect((await own.login(email)).statusCode).toBe(401);
  });

  it('is nobody else’s, and not to be made up', async () => {
    const [ann, bob] = [await world.addPerson(), await world.addPerson()];
    const shared = openBrowser(world.app);
    await shared.login(ann.email);
    await fail(stranger(), bob.email, 5);
    expect((await shared.login(bob.email)).statusCode).toBe(401);
    const forger = openBrowser(world.app);
    const [device, day, proof = ''] = (shared.device() ?? '').split('.');
    forger.jar.set(deviceCookie, `${device}.${day}.${proof.slice(0, -2)}AA`);
    await fail(stranger(), ann.email, 5);
    expect((await forger.login(ann.email)).statusCode).toBe(401);
    expect((await shared.login(ann.email)).statusCode).toBe(200);
  });

  it('may be known to several people who share it', async () => {
    const [ann, bob] = [await world.addPerson(), await world.addPerson()];
    const shared = openBrowser(world.app);
    await shared.login(ann.email);
    await shared.login(bob.email);
    await fail(stranger(), ann.email, 5);
    await fail(stranger(), bob.email, 5);
    expect((await shared.login(ann.email)).statusCode).toBe(200);
    expect((await shared.login(bob.email)).statusCode).toBe(200);
  });
});

describe('an administrator', () => {
  it('ends the locks of a person, which is recorded; where there is none nothing happens', async () => {
    const { id, email } = await world.addPerson();
    const asker = { actorId: '00000000-0000-7000-8000-0000000000aa', correlationId: 'test' };
    expect(await world.auth.unlock(id, asker)).toBe(false);
    await fail(stranger(), email, 5);
    expect(await world.auth.unlock(id, asker)).toBe(true);
    expect((await stranger().login(email)).statusCode).toBe(200);
    expect(await world.reportsOf(id)).toContainEqual(
      expect.objectContaining({
        actorId: asker.actorId,
        event: { type: 'AccountUnlocked', data: { userId: id, because: 'administrator' } },
      }),
    );
  });
});
