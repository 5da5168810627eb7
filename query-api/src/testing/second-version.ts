import pg from 'pg';
import { everySite } from '../read-state.ts';
import type { World } from './world.ts';

/** SQL of a version of a projection's tables; handed in by the test, because a service does not know another one. */
export type TableMaker = { tables(version: number): string; indexes(version: number): string };

/** Version 2 of every table that a site's answers come from, with rows that say so. */
export type SecondVersion = {
  /** Without a site: all sites, also those that read another version for themselves. */
  activate(version: number, siteId?: string): Promise<void>;
  run(text: string, values?: readonly unknown[]): Promise<void>;
  close(): Promise<void>;
};

const projections = ['interactions', 'statistics', 'suggestions'] as const;
const partitioned = ['interactions'];
const tables = {
  interactions: { interactions: `title = title || ' (2)'` },
  statistics: { interaction_facts: undefined, interaction_counts: 'uses = uses + 100' },
  suggestions: { interaction_suggestion_facts: undefined, interaction_suggestions: `value = value || ' (2)'` },
} as const;

const columnsOf = async (client: pg.Client, table: string): Promise<string> => {
  const { rows } = await client.query<{ name: string }>(
    `select attname as name from pg_attribute
     where attrelid = $1::regclass and attnum > 0 and attgenerated = '' and not attisdropped order by attnum`,
    [`read.${table}`],
  );
  return rows.map(({ name }) => name).join(', ');
};

const copyTable = async (client: pg.Client, table: string, change: string | undefined): Promise<void> => {
  const columns = await columnsOf(client, `${table}_v1`);
  await client.query(`insert into read.${table}_v2 (${columns}) select ${columns} from read.${table}_v1`);
  if (change) await client.query(`update read.${table}_v2 set ${change}`);
};

/** The projector must have stopped: nothing here follows what happens. */
export const createSecondVersion = async (
  { database }: Pick<World, 'database'>,
  makers: Readonly<Record<(typeof projections)[number], TableMaker>>,
  sites: readonly string[],
): Promise<SecondVersion> => {
  const client = new pg.Client({ connectionString: database.url() });
  await client.connect();
  for (const projection of projections) {
    await client.query(makers[projection].tables(2));
    for (const table of partitioned.filter((name) => name === projection)) {
      for (const site of sites) await client.query('select read.ensure_site_partition($1, $2)', [`${table}_v2`, site]);
    }
    for (const [table, change] of Object.entries(tables[projection])) await copyTable(client, table, change);
    await client.query(makers[projection].indexes(2));
    await client.query(
      `insert into read.projection_checkpoints (projection, version, position, epoch, phase)
       select projection, 2, position, epoch, 'ready' from read.projection_checkpoints
       where projection = $1 and version = 1`,
      [projection],
    );
  }
  const activate = async (version: number, siteId = everySite): Promise<void> => {
    await client.query('begin');
    if (siteId === everySite) await client.query('delete from read.active_versions where site_id <> $1', [everySite]);
    await client.query(
      `insert into read.active_versions (projection, site_id, version) select unnest($1::text[]), $2, $3
       on conflict (projection, site_id) do update set version = excluded.version`,
      [projections, siteId, version],
    );
    await client.query('commit');
  };
  return {
    activate,
    run: async (text, values = []) => {
      await client.query(text, [...values]);
    },
    close: () => client.end(),
  };
};
