import { createPool } from '@ims/platform/database/pool';
import { createTestDatabase, type TestDatabase } from '@ims/platform/testing/test-database';
import { testMasterKey } from '@ims/platform/testing/test-master-key';
import type pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { authMigrations } from './migrations.ts';
import { createSessions } from './sessions.ts';
import { createNaiveRenewal } from './testing/naive-sessions.ts';
import { runRefreshFamilies } from './testing/refresh-families.ts';

/** All thousand: IMS_FAMILIES=1000, or the drill in deploy/drills. */
const families = Number(process.env.IMS_FAMILIES ?? 40);
const shared = { families, parallel: 20, atOnce: 8 };

let database: TestDatabase;
let owner: pg.Pool;
let pools: readonly pg.Pool[] = [];

beforeAll(async () => {
  database = await createTestDatabase(authMigrations);
  owner = createPool({ url: database.url(), applicationName: 'test-owner' });
  pools = ['one', 'two'].map((name) =>
    createPool({ url: database.url('ims_command'), applicationName: `test-${name}`, pipeline: true }),
  );
});
afterAll(async () => {
  await Promise.all([owner?.end(), ...pools.map((pool) => pool.end())]);
  await database?.drop();
});

it('twenty renewals at once leave every family one live token; replays and signing out leave it none', async () => {
  const stores = pools.map((pool) => createSessions({ pool, masterKey: testMasterKey }));
  const report = await runRefreshFamilies({ ...shared, owner, stores });
  expect(report.violations).toEqual([]);
  expect(report.renewals).toBe(families * 20);
}, 300_000);

it('a renewal that looks before it writes is caught', async () => {
  const stores = pools.map((pool) => ({
    ...createSessions({ pool, masterKey: testMasterKey }),
    renew: createNaiveRenewal(pool),
  }));
  const { violations } = await runRefreshFamilies({ ...shared, families: 3, owner, stores });
  expect(violations.some((sentence) => sentence.endsWith('live tokens'))).toBe(true);
});
