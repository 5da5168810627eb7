import { randomUUID } from 'node:crypto';
import { userStream } from '@ims/contracts/ids';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { userRegistered } from '../testing/events.ts';
import { createTestProjector, type TestProjector } from '../testing/test-projector.ts';
import { users } from './projection.ts';

let test: TestProjector;
beforeAll(async () => {
  test = await createTestProjector();
});
afterAll(() => test.stop());

const rowsOf = async (user: string): Promise<readonly unknown[]> => {
  await test.project([users]);
  return (await test.owner.query('select * from read.users_v1 where user_id = $1', [user])).rows;
};

it('shows a person as last changed', async () => {
  const [user, site] = [randomUUID(), randomUUID()];
  await test.record({
    stream: userStream(user),
    events: [
      userRegistered('ann'),
      { type: 'UserUpdated', data: { displayName: 'Ann Peeters' } },
      { type: 'UserDefaultSiteChosen', data: { siteId: site } },
      { type: 'UserDeactivated', data: {} },
    ],
  });
  expect(await rowsOf(user)).toEqual([
    expect.objectContaining({
      username: 'ann',
      email: 'ann@example.org',
      display_name: 'Ann Peeters',
      default_site_id: site,
      active: false,
      revision: 3,
    }),
  ]);
});

it('no longer names a person whose content was erased', async () => {
  const user = randomUUID();
  await test.record({ stream: userStream(user), events: [userRegistered('bob')] });
  expect(await rowsOf(user)).toHaveLength(1);
  await test.record({ stream: userStream(user), events: [{ type: 'UserUpdated', data: { displayName: 'Bob' } }] });
  await test.keyStore.erase(userStream(user));
  test.codec.forget(userStream(user));
  expect(await rowsOf(user)).toEqual([]);
});

it('gives the same rows when everything is projected a second time', async () => {
  const user = randomUUID();
  await test.record({ stream: userStream(user), events: [userRegistered('cid')] });
  const before = await rowsOf(user);
  await test.rewind(users);
  expect(await rowsOf(user)).toEqual(before);
  expect((await test.verify(users)).differences).toEqual([]);
});
