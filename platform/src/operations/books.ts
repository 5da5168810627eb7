import { allProjections } from '@ims/contracts/operations/projections';
import type pg from 'pg';

/** A version of a projection's tables, as far as an operation needs to know it. */
export type BookedVersion = {
  readonly version: number;
  readonly phase: 'rebuilding' | 'ready' | 'live' | 'dropping';
  readonly stopped: boolean;
  /** Set when it holds the rows of one site only. */
  readonly siteId: string | null;
};

/** Which version a site reads, and which it read before; `siteId` null: all sites without an entry of their own. */
export type BookedReading = {
  readonly siteId: string | null;
  readonly version: number;
  readonly previous: number | null;
};

export type Books = { readonly versions: readonly BookedVersion[]; readonly readings: readonly BookedReading[] };

const everySite = '00000000-0000-0000-0000-000000000000';

/** The versions of a projection and who reads them, oldest version first. */
export const readBooks = async (pool: pg.Pool, projection: string): Promise<Books> => {
  const [versions, readings] = await Promise.all([
    pool.query<BookedVersion>(
      `select version, phase, stopped, site_id as "siteId" from read.projection_checkpoints
       where projection = $1 order by version`,
      [projection],
    ),
    pool.query<BookedReading>(
      `select nullif(site_id, $2) as "siteId", version, previous from read.active_versions
       where projection = $1 order by site_id`,
      [projection, everySite],
    ),
  ]);
  return { versions: versions.rows, readings: readings.rows };
};

/** True when a rebuild of the projection (or of all) was asked for and has not ended. */
export const isRebuildOpen = async (pool: pg.Pool, projection: string): Promise<boolean> => {
  const { rowCount } = await pool.query(
    `select from operations.requests
     where state in ('waiting', 'running') and operation = 'rebuild' and not dry_run
       and ($1 = $2 or projection in ($1, $2)) limit 1`,
    [projection, allProjections],
  );
  return rowCount === 1;
};

/** The site of this id, or the sites of exactly this name, through the version of the site table that readers use. */
export const findSite = async (
  pool: pg.Pool,
  idOrName: string,
): Promise<readonly { readonly id: string; readonly name: string }[]> => {
  const { readings } = await readBooks(pool, 'access');
  const version = readings.find(({ siteId }) => siteId === null)?.version ?? 1;
  const { rows } = await pool.query<{ id: string; name: string }>(
    `select site_id as id, name from read.sites_v${version} where site_id::text = lower($1) or name = $1`,
    [idOrName],
  );
  return rows;
};

/** Name of the projection that could not take the event; nothing when there is no such dead letter. */
export const projectionOfDeadLetter = async (pool: pg.Pool, id: string): Promise<string | undefined> => {
  const { rows } = await pool.query<{ projection: string }>('select projection from read.dead_letters where id = $1', [
    id,
  ]);
  return rows[0]?.projection;
};
