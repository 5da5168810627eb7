import { randomUUID } from 'node:crypto';
import { createPool } from '@ims/platform/database/pool';
import { createTestDatabase, type TestDatabase } from '@ims/platform/testing/test-database';
import type pg from 'pg';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { createDeletion } from './delete-what-ended.ts';
import { authMigrations } from './migrations.ts';

let database: TestDatabase;
let owner: pg.Pool;
let pool: pg.Pool;
beforeAll(async () => {
  database = await createTestDatabase(authMigrations);
  owner = createPool({ url: database.url(), applicationName: 'test-owner' });
  pool = createPool({ url: database.url('ims_command'), applicationName: 'test' });
});
beforeEach(() =>
  owner.query('truncate write_side.one_time_links, write_side.sessions, write_side.sign_in_guards cascade'),
);
afterAll(async () => {
  await Promise.all([owner?.end(), pool?.end()]);
  await database?.drop();
});

const deleteAll = async (most?: number): Promise<number> => {
  const deletion = createDeletion(pool, most === undefined ? {} : { most });
  for (let rounds = 1; ; rounds += 1) if ((await deletion.round()) === 'idle') return rounds;
};
/** Times are hours from now. */
const addLink = (name: string, { made, ends, used }: { made: number; ends: number; used?: number }) =>
  owner.query(
    `insert into write_side.one_time_links (hash, kind, user_id, created_at, expires_at, used_at)
     values (sha256($1), 'password-reset', $2, now() + make_interval(hours => $3), now() + make_interval(hours => $4),
             now() + make_interval(hours => $5))`,
    [Buffer.from(name), randomUUID(), made, ends, used ?? null],
  );
const addSession = async (endsInHours: number): Promise<string> => {
  const id = randomUUID();
  await owner.query(
    `insert into write_side.sessions (id, user_id, remember, expires_at, revoked_at)
     values ($1, $2, false, now() + make_interval(hours => $3), now())`,
    [id, randomUUID(), endsInHours],
  );
  await owner.query(
    `insert into write_side.refresh_tokens (hash, session_id, expires_at, used_at)
     select sha256(($1 || n)::bytea), $1::uuid, now(), now() from generate_series(1, 3) n`,
    [id],
  );
  return id;
};
const addGuard = (device: string, daysAgo: number) =>
  owner.query(
    `insert into write_side.sign_in_guards (user_id, device, failures, last_failure_at)
     values ($1, $2, 4, now() - make_interval(days => $3))`,
    [randomUUID(), device, daysAgo],
  );
const left = async (select: string): Promise<unknown[]> =>
  (await owner.query<{ it: unknown }>(select)).rows.map(({ it: one }) => one);

it('links that opened or ended are deleted a day later; what may still open or counts for the hour stays', async () => {
  await addLink('used', { made: -30, ends: 100, used: -25 });
  await addLink('ended', { made: -200, ends: -25 });
  await addLink('used just now', { made: -1, ends: 1, used: 0 });
  await addLink('open', { made: -100, ends: 68 });
  await deleteAll();
  expect(await left(`select hash = sha256('open') as it from write_side.one_time_links order by created_at`)).toEqual([
    true,
    false,
  ]);
});

it('sign-ins past their end are deleted with their tokens; one that was revoked stays until then', async () => {
  await addSession(-25);
  const kept = await addSession(1);
  await deleteAll();
  expect(await left('select id as it from write_side.sessions')).toEqual([kept]);
  expect(await left('select distinct session_id as it from write_side.refresh_tokens')).toEqual([kept]);
});

it('counts of wrong passwords that nobody touched for a month are forgotten', async () => {
  await addGuard('old', 31);
  await addGuard('fresh', 29);
  await deleteAll();
  expect(await left('select device as it from write_side.sign_in_guards')).toEqual(['fresh']);
});

it('much is deleted in small parts, and nothing at the second time', async () => {
  for (let at = 0; at < 5; at += 1) await addGuard(`old ${at}`, 40);
  expect(await deleteAll(2)).toBe(3);
  expect(await left('select device as it from write_side.sign_in_guards')).toEqual([]);
  expect(await deleteAll(2)).toBe(1);
});
