import { randomUUID } from 'node:crypto';
import { securityStream, userStream } from '@ims/contracts/ids';
import { migrate } from '@ims/platform/database/migrate';
import { createPool } from '@ims/platform/database/pool';
import { createTestDatabase } from '@ims/platform/testing/test-database';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readMigrations } from '../migrations.ts';
import { userRegistered } from '../testing/events.ts';
import { createTestProjector, type TestProjector } from '../testing/test-projector.ts';
import { users } from './projection.ts';

let test: TestProjector;
beforeAll(async () => {
  test = await createTestProjector();
});
afterAll(() => test.stop());

const projected = async (table: 'users' | 'user_sign_ins', user: string): Promise<readonly unknown[]> => {
  await test.project([users]);
  return (await test.owner.query(`select * from read.${table}_v1 where user_id = $1`, [user])).rows;
};

describe('somebody who is invited', () => {
  it('is an address that cannot sign in, until they register', async () => {
    const user = randomUUID();
    const stream = userStream(user);
    await test.record({ stream, events: [{ type: 'UserInvited', data: { email: 'eve@example.org' } }] });
    expect(await projected('users', user)).toMatchObject([
      { username: '', email: 'eve@example.org', display_name: 'eve@example.org', active: false, invited: true },
    ]);
    await test.record({ stream, events: [userRegistered('eve')] });
    expect(await projected('users', user)).toMatchObject([
      { username: 'eve', email: 'eve@example.org', active: true, invited: false, revision: 1 },
    ]);
    expect((await test.verify(users)).differences).toEqual([]);
  });

  it('is nobody again when the invitation is withdrawn', async () => {
    const user = randomUUID();
    const stream = userStream(user);
    await test.record({ stream, events: [{ type: 'UserInvited', data: { email: 'gus@example.org' } }] });
    await test.record({ stream, events: [{ type: 'UserInvitationWithdrawn', data: {} }] });
    expect(await projected('users', user)).toEqual([]);
    expect((await test.verify(users)).differences).toEqual([]);
  });

  it('is no longer named when their content is erased', async () => {
    const user = randomUUID();
    const stream = userStream(user);
    await test.record({ stream, events: [{ type: 'UserInvited', data: { email: 'fay@example.org' } }] });
    await test.keyStore.erase(stream);
    test.codec.forget(stream);
    expect(await projected('users', user)).toEqual([]);
  });
});

describe('sign-ins of a person', () => {
  const origin = { ip: '192.0.2.7', userAgent: 'Browser' };
  const signedInAt = '2026-03-01T08:00:00.000Z';
  const until = '2026-03-01T09:15:00.000Z';
  const stream = securityStream(signedInAt);
  const recordDay = (user: string) =>
    test.record({
      stream,
      occurredAt: signedInAt,
      events: [
        { type: 'SignInSucceeded', data: { userId: user, method: 'password', ...origin } },
        { type: 'AccountLocked', data: { userId: user, until, failures: 5 } },
      ],
    });

  it('show the last one and until when the account is locked', async () => {
    const [user, other] = [randomUUID(), randomUUID()];
    await recordDay(user);
    await recordDay(other);
    const locked = { user_id: user, last_sign_in_at: new Date(signedInAt), locked_until: new Date(until) };
    expect(await projected('user_sign_ins', user)).toMatchObject([locked]);
    await test.record({
      stream,
      events: [{ type: 'AccountUnlocked', data: { userId: user, because: 'administrator' } }],
    });
    expect(await projected('user_sign_ins', user)).toMatchObject([{ ...locked, locked_until: null }]);
    expect(await projected('user_sign_ins', other)).toMatchObject([{ locked_until: new Date(until) }]);
    expect((await test.verify(users)).differences).toEqual([]);
  });

  it('say nothing of names that nobody has and of refused calls', async () => {
    const user = randomUUID();
    await test.record({
      stream,
      events: [
        {
          type: 'SignInFailed',
          data: { userId: null, method: 'password', reason: 'unknown', name: 'nobody', ...origin },
        },
        {
          type: 'AccessDenied',
          data: { userId: user, operation: 'GET /things', reason: 'no-role', times: 1, ...origin },
        },
      ],
    });
    expect(await projected('user_sign_ins', user)).toEqual([]);
  });

  it('stay when the day of their events is erased', async () => {
    const user = randomUUID();
    const day = '2026-04-01T08:00:00.000Z';
    const data = { userId: user, method: 'external', ...origin } as const;
    await test.record({ stream: securityStream(day), occurredAt: day, events: [{ type: 'SignInSucceeded', data }] });
    await test.keyStore.erase(securityStream(day));
    test.codec.forget(securityStream(day));
    expect(await projected('user_sign_ins', user)).toMatchObject([{ last_sign_in_at: new Date(day) }]);
    await test.rewind(users);
    expect(await projected('user_sign_ins', user)).toMatchObject([{ last_sign_in_at: new Date(day) }]);
  });
});

it('a database from before invitations keeps its people and gets both, in every version of its tables', async () => {
  const before = await createTestDatabase(readMigrations.filter(({ name }) => name !== 'read-0009-invited-users'));
  const owner = createPool({ url: before.url(), applicationName: 'test-owner' });
  const projector = createPool({ url: before.url('ims_projector'), applicationName: 'test' });
  try {
    await owner.query('drop table read.user_sign_ins_v1');
    await owner.query('alter table read.users_v1 drop column invited');
    await owner.query('create table read.users_v2 (like read.users_v1 including all)');
    for (const version of [1, 2]) {
      await owner.query(
        `insert into read.users_v${version} (user_id, username, email, display_name, timezone, active, revision, position)
         values (gen_random_uuid(), 'ann', 'ann@example.org', 'Ann', 'UTC', true, 0, 1)`,
      );
    }
    await migrate(before.url(), readMigrations);
    for (const version of [1, 2]) {
      const { rows } = await owner.query(`select username, invited from read.users_v${version}`);
      expect(rows).toEqual([{ username: 'ann', invited: false }]);
      await projector.query(
        `insert into read.user_sign_ins_v${version} (user_id, position) values (gen_random_uuid(), 1)`,
      );
    }
  } finally {
    await Promise.all([owner.end(), projector.end()]);
    await before.drop();
  }
});
