import type pg from 'pg';

/** `live`: readers use it or did. `dropping`: its tables are about to go. */
export type VersionPhase = 'rebuilding' | 'ready' | 'live' | 'dropping';

/** One version of a projection's read tables, as the database knows it. */
export type VersionRow = {
  readonly projection: string;
  readonly version: number;
  /** Set when it holds the rows of this site only. */
  readonly siteId: string | null;
  readonly phase: VersionPhase;
  readonly paused: boolean;
  readonly stopped: boolean;
  readonly lastError: string | null;
  readonly position: bigint;
  /** The life of the log that `position` belongs to. */
  readonly epoch: number;
  /** Events read so far; `total` is how many there were when a rebuild began. */
  readonly processed: number;
  readonly total: number;
  readonly eventsPerSecond: number;
  readonly throttle: number | null;
  readonly lastEventAt: Date | null;
  readonly reportedAt: Date | null;
  readonly builtAt: Date | null;
  readonly verifiedAt: Date | null;
  readonly differences: number | null;
  /** Parked now. */
  readonly deadLetters: number;
  /** `all`: every site without a version of its own; else the ids of the sites that read it, perhaps none. */
  readonly readBy: 'all' | readonly string[];
  /** True when a rollback (of all sites or of one) would go back to it. */
  readonly isPrevious: boolean;
};

/** In the place of a site: all sites that have no row of their own. */
export const everySite = '00000000-0000-0000-0000-000000000000';

type Stored = Omit<VersionRow, 'processed' | 'total' | 'deadLetters' | 'readBy'> & {
  readonly processed: bigint;
  readonly total: bigint;
  readonly deadLetters: bigint;
  readonly readers: readonly string[];
};

const select = `select held.projection, held.version, held.site_id as "siteId", phase, paused, stopped,
  last_error as "lastError", position, epoch, processed, total, events_per_second as "eventsPerSecond", throttle,
  last_event_at as "lastEventAt", reported_at as "reportedAt", built_at as "builtAt", verified_at as "verifiedAt",
  differences,
  (select count(*) from read.dead_letters parked
   where parked.projection = held.projection and parked.version = held.version and state = 'parked') as "deadLetters",
  array(select active.site_id::text from read.active_versions active
        where active.projection = held.projection and active.version = held.version order by 1) as readers,
  exists (select from read.active_versions active
          where active.projection = held.projection and active.previous = held.version) as "isPrevious"
  from read.projection_checkpoints held`;

/** Every version of every projection, by name and version. For any service role; reads only. */
export const readVersions = async (pool: pg.Pool | pg.ClientBase): Promise<readonly VersionRow[]> => {
  const { rows } = await pool.query<Stored>(`${select} order by held.projection, held.version`);
  return rows.map(({ readers, processed, total, deadLetters, ...row }) => ({
    ...row,
    processed: Number(processed),
    total: Number(total),
    deadLetters: Number(deadLetters),
    readBy: readers.includes(everySite) ? 'all' : readers,
  }));
};

export const isRead = ({ readBy }: VersionRow): boolean => readBy === 'all' || readBy.length > 0;
