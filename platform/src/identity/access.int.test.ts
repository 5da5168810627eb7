import { randomUUID } from 'node:crypto';
import { defaultSiteSettings } from '@ims/contracts/sites/settings';
import { accessTables } from '@ims/projector/access/table';
import { readMigrations } from '@ims/projector/migrations';
import type pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createPool } from '../database/pool.ts';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.ts';
import { type AccessReader, createAccessReader } from './access.ts';

const everySite = '00000000-0000-0000-0000-000000000000';
const site = randomUUID();
const editor = randomUUID();

let database: TestDatabase;
let owner: pg.Pool;
let pools: pg.Pool[];
let readers: AccessReader[];

beforeAll(async () => {
  database = await createTestDatabase(readMigrations);
  owner = createPool({ url: database.url(), applicationName: 'test-owner' });
  const roles = ['ims_command', 'ims_query'] as const;
  pools = roles.map((role) => createPool({ url: database.url(role), applicationName: 'test' }));
  readers = pools.map(createAccessReader);
  await fill(1, 'editor');
});
afterAll(async () => {
  await Promise.all([...(pools ?? []), owner].map((pool) => pool?.end()));
  await database?.drop();
});

const fill = async (version: number, role: string): Promise<void> => {
  await owner.query(
    `insert into read.sites_v${version} (site_id, name, description, active, settings, interaction_types, retired_types, revision, position)
     values ($1, 'Brussels', '', true, $2, '{Meeting}', '{}', 0, 1)`,
    [site, defaultSiteSettings],
  );
  await owner.query(
    `insert into read.access_users_v${version} (user_id, active, system_roles, position) values ($1, true, '{auditor}', 1)`,
    [editor],
  );
  await owner.query(
    `insert into read.site_members_v${version} (site_id, user_id, role, revision, position) values ($1, $2, $3, 1, 1)`,
    [site, editor, role],
  );
};

const readByAll = (userId: string, siteId: string | undefined) =>
  Promise.all(readers.map((reader) => reader.read(userId, siteId)));

it('tells both services who may do what on a site, and nothing of a stranger or a site that is not there', async () => {
  const brussels = { id: site, name: 'Brussels', active: true, settings: defaultSiteSettings };
  for (const access of await readByAll(editor, site)) {
    const expected = { ...brussels, interactionTypes: ['Meeting'], role: 'editor' };
    expect(access).toEqual({ active: true, systemRoles: ['auditor'], site: expected });
  }
  for (const access of await readByAll(editor, undefined)) expect(access.site).toBeUndefined();
  for (const access of await readByAll(editor, randomUUID())) expect(access.site).toBeUndefined();
  for (const access of await readByAll(randomUUID(), site)) {
    expect(access).toMatchObject({ active: false, systemRoles: [], site: { role: undefined } });
  }
});

it('reads the new tables as soon as they are switched on, also when the old ones are gone', async () => {
  await owner.query(accessTables(2));
  await fill(2, 'viewer');
  for (const { site: found } of await readByAll(editor, site)) expect(found?.role).toBe('editor');
  await owner.query(
    `insert into read.active_versions (projection, site_id, version) values ('access', $1, 2)
     on conflict (projection, site_id) do update set version = excluded.version`,
    [everySite],
  );
  for (const { site: found } of await readByAll(editor, site)) expect(found?.role).toBe('viewer');
  await owner.query('drop table read.sites_v1, read.site_members_v1, read.access_users_v1');
  for (const access of await Promise.all(pools.map((pool) => createAccessReader(pool).read(editor, site)))) {
    expect(access.site?.role).toBe('viewer');
  }
});
