import type { Snapshot } from '../snapshot.ts';

/** A version of a projection's read tables as the books have it. Times are PostgreSQL's text. */
export type VersionRow = {
  readonly projection: string;
  readonly version: number;
  readonly site_id: string | null;
  readonly phase: 'rebuilding' | 'ready' | 'live';
  readonly paused: boolean;
  readonly stopped: boolean;
  readonly last_error: string | null;
  readonly position: bigint;
  readonly processed: bigint;
  readonly total: bigint;
  readonly events_per_second: number;
  readonly throttle: number | null;
  readonly verified_at: string | null;
  readonly differences: number | null;
  readonly dead_letters: bigint;
};

/** Which version the sites read; `site_id` is the zero UUID for all that have no row of their own. */
export type ReadingRow = {
  readonly projection: string;
  readonly site_id: string;
  readonly version: number;
  readonly previous: number | null;
};

export type Books = { readonly versions: readonly VersionRow[]; readonly readings: readonly ReadingRow[] };

// A position in an earlier life of the log is none in this one.
const versions = `
  select c.projection, c.version, c.site_id, c.phase, c.paused, c.stopped, c.last_error, c.processed, c.total,
         c.events_per_second, c.throttle, c.verified_at, c.differences,
         case when c.epoch = (select max(epoch) from event_log.epochs) then c.position else 0 end as position,
         (select count(*) from read.dead_letters d
          where d.projection = c.projection and d.version = c.version and d.state = 'parked') as dead_letters
  from read.projection_checkpoints c
  where c.phase <> 'dropping' order by c.projection, c.version`;

/** Every version that stands, and who reads which, of one moment. */
export const readBooks = async (snapshot: Snapshot): Promise<Books> => {
  const asked = [
    snapshot.rows<VersionRow>({ text: versions, values: [] }),
    snapshot.rows<ReadingRow>({
      text: 'select projection, site_id, version, previous from read.active_versions order by projection, site_id',
      values: [],
    }),
  ] as const;
  snapshot.askedAll();
  const [rows, readings] = await Promise.all(asked);
  return { versions: rows, readings };
};
