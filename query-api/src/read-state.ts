import type pg from 'pg';

export type ProjectionName = 'interactions' | 'statistics' | 'suggestions' | 'access' | 'users';

/** Version of each projection's tables that readers of a site use; 1 where none is named. */
export type Versions = Readonly<Partial<Record<ProjectionName, number>>>;

/**
 * The read tables at the moment of a snapshot: per projection its active version, the position in the log that it has
 * reached, and (for a site) the position of the last event that changed the site's rows; and the log's life.
 */
export type ReadState = {
  readonly versions: Versions;
  readonly positions: Readonly<Partial<Record<ProjectionName, bigint>>>;
  readonly generations: Readonly<Partial<Record<ProjectionName, bigint>>>;
  readonly epoch: number;
};

type Row = { projection: ProjectionName; version: number; position: bigint; generation: bigint; epoch: number };

/** Stands for all sites without an active version of their own, and for "no site" where rows belong to none. */
export const everySite = '00000000-0000-0000-0000-000000000000';

/** `sites` is a relation with the column `id`. A position in an earlier life of the log is none in this one. */
const statesOf = (sites: string): string => `
  select site.id as site_id, c.projection, c.version, coalesce(g.generation, 0) as generation, e.epoch,
         case when c.epoch = e.epoch then c.position else 0 end as position
  from ${sites} site
  cross join (select max(epoch) as epoch from event_log.epochs) e
  cross join read.projection_checkpoints c
  left join read.active_versions own on own.projection = c.projection and own.site_id = site.id
  left join read.active_versions every on every.projection = c.projection and every.site_id = '${everySite}'
  left join read.site_generations g on g.projection = c.projection and g.site_id = site.id
  where c.version = coalesce(own.version, every.version, 1)`;

// Without parameters PostgreSQL keeps the plan even under force_custom_plan: planning would cost more than running.
const ofSnapshot = statesOf(`(select nullif(current_setting('ims.site', true), '')::uuid as id)`);
const ofSites = statesOf('(select unnest($1::uuid[]) as id)');

const fold = (rows: readonly Row[]): ReadState => {
  const versions: Partial<Record<ProjectionName, number>> = {};
  const positions: Partial<Record<ProjectionName, bigint>> = {};
  const generations: Partial<Record<ProjectionName, bigint>> = {};
  for (const row of rows) {
    versions[row.projection] = row.version;
    positions[row.projection] = row.position;
    generations[row.projection] = row.generation;
  }
  return { versions, positions, generations, epoch: rows[0]?.epoch ?? 1 };
};

/** The state of the read tables, for the site of the transaction's `ims.site` where there is one. */
export const readState = async (client: pg.ClientBase): Promise<ReadState> => {
  const { rows } = await client.query<Row>({ name: 'read-state', text: ofSnapshot });
  return fold(rows);
};

/** The state of the read tables for each of these sites, all of one moment; `everySite` reads what belongs to no site. */
export const readStates = async (pool: pg.Pool, sites: readonly string[]): Promise<ReadonlyMap<string, ReadState>> => {
  const query = { name: 'read-states', text: ofSites, values: [sites] };
  const { rows } = await pool.query<Row & { site_id: string }>(query);
  const bySite = new Map<string, Row[]>(sites.map((site) => [site, []]));
  for (const row of rows) bySite.get(row.site_id)?.push(row);
  return new Map([...bySite].map(([site, ofSite]) => [site, fold(ofSite)]));
};

export const versionOf = (versions: Versions, projection: ProjectionName): number => versions[projection] ?? 1;

/** Name of a projection's table in a version: `read.interactions_v1`. */
export const tableOf = (versions: Versions, projection: ProjectionName, table: string): string =>
  `read.${table}_v${versionOf(versions, projection)}`;
