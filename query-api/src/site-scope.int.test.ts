import { startProjector } from '@ims/projector/app';
import { readMigrations } from '@ims/projector/migrations';
import { projections } from '@ims/projector/projections';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createSiteScope } from './site-scope.ts';
import { createWorld, type World } from './testing/world.ts';

let world: World;
let site: string;
let otherSite: string;

beforeAll(async () => {
  world = await createWorld({
    migrations: readMigrations,
    startProjector: (parts) => startProjector({ ...parts, projections, seizeLeases: true }),
  });
  const { situation } = world;
  const anna = await situation.user('Anna Smith');
  [site, otherSite] = [await situation.site('Brussels'), await situation.site('Paris')];
  await situation.interaction(site, anna, { title: 'Ours' });
  await situation.interaction(otherSite, anna, { title: 'Theirs' });
  await world.settled();
});

afterAll(() => world.close());

const titlesBy = async (text: string, values: readonly unknown[] = []): Promise<string[]> => {
  const scope = createSiteScope(world.pool);
  const { value } = await scope.read(site, (snapshot) => snapshot.rows<{ title: string }>({ text, values }));
  return value.map(({ title }) => title).sort();
};

describe('the door to a site’s rows', () => {
  test('opens to that site', async () => {
    expect(await titlesBy('select title from read.interactions_v1 where site_id = $1')).toEqual(['Ours']);
  });

  test('shows no other site’s row even when the condition says everything', async () => {
    expect(await titlesBy('select title from read.interactions_v1 where site_id = $1 or true')).toEqual(['Ours']);
    expect(await titlesBy('select title from read.interactions_v1 where (site_id = $1) is not null')).toEqual(['Ours']);
  });

  test('shows nothing of another site that is asked for by name', async () => {
    const text = 'select title from read.interactions_v1 where site_id = $1 or site_id = $2';
    expect(await titlesBy(text, [otherSite])).toEqual(['Ours']);
  });

  test('does not let a statement through that does not name its site', async () => {
    await expect(titlesBy('select title from read.interactions_v1')).rejects.toThrow(/site_id = \$1/);
  });

  test('refuses to search in another site', async () => {
    const text = `select title from read.search_interactions_v1($2, 'theirs', '{}', array['title:asc'], 10, 0)
                  where site_id = $1 or true`;
    await expect(titlesBy(text, [otherSite])).rejects.toMatchObject({ code: '42501' });
  });

  test('shows nothing at all to who comes without it', async () => {
    const { rows } = await world.pool.query('select title from read.interactions_v1');
    expect(rows).toEqual([]);
    const partition = `read.interactions_v1_${site.replaceAll('-', '')}`;
    await expect(world.pool.query(`select title from ${partition}`)).rejects.toMatchObject({ code: '42501' });
  });

  test('cannot be opened with anything but an id', async () => {
    const scope = createSiteScope(world.pool);
    const attack = `${site}'; select set_config('ims.site', '${otherSite}', true); --`;
    expect(() => scope.read(attack, async () => undefined)).toThrow(/id of a site/);
  });

  test('reads everything of one moment and gives the connection back', async () => {
    const single = new pg.Pool({ connectionString: world.database.url('ims_query'), max: 1, pipeline: true });
    const scope = createSiteScope(single);
    for (let round = 0; round < 5; round += 1) {
      await expect(
        scope.read(site, (snapshot) =>
          snapshot.rows({ text: 'select 1/0 from read.sites_v1 where site_id = $1', values: [] }),
        ),
      ).rejects.toMatchObject({ code: '22012' });
      const { value } = await scope.read(site, async ({ rows }) => {
        const statement = {
          text: 'select now()::text as moment from (select $1::uuid as site_id) site where site_id = $1',
          values: [],
        };
        const [first] = await rows<{ moment: string }>(statement);
        const [second] = await rows<{ moment: string }>(statement);
        return [first?.moment, second?.moment];
      });
      expect(value[0]).toBe(value[1]);
    }
    await single.end();
  });

  test('cannot be used to write', async () => {
    const text = 'delete from read.interactions_v1 where site_id = $1';
    await expect(titlesBy(text)).rejects.toMatchObject({ code: expect.stringMatching(/^(25006|42501)$/) });
  });
});

describe('a new version of the read tables', () => {
  test('is read as soon as it is the active one, and the old one again after going back', async () => {
    const owner = new pg.Client({ connectionString: world.database.url() });
    await owner.connect();
    const activate = (version: number) =>
      owner.query(
        `insert into read.active_versions (projection, site_id, version) values ('statistics', $1, $2)
         on conflict (projection, site_id) do update set version = excluded.version`,
        [site, version],
      );
    await owner.query(`create table read.interaction_counts_v2 (like read.interaction_counts_v1);
      insert into read.interaction_counts_v2 values ('${site}', 'all', '', 77);
      grant select on read.interaction_counts_v2 to ims_query;
      insert into read.projection_checkpoints (projection, version, position) values ('statistics', 2, 1)`);
    const scope = createSiteScope(world.pool);
    const uses = async () => {
      const { value, state } = await scope.read(site, async ({ versions, rows }) => {
        const table = `read.interaction_counts_v${versions.statistics ?? 1}`;
        const [row] = await rows<{ uses: bigint }>({
          text: `select uses from ${table} where site_id = $1 and dimension = 'all'`,
          values: [],
        });
        return row?.uses;
      });
      return [state.versions.statistics, value];
    };
    expect(await uses()).toEqual([1, 1n]);
    await activate(2);
    expect(await uses()).toEqual([2, 77n]);
    await activate(1);
    await owner.query('drop table read.interaction_counts_v2');
    expect(await uses()).toEqual([1, 1n]);
    await owner.end();
  });
});
