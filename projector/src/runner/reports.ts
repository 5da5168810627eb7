import type pg from 'pg';
import { Fenced, type Lease, leaseMs } from './checkpoints.ts';
import type { Projection } from './projection.ts';

type Version = Pick<Projection, 'name' | 'version'>;

/** What a leader tells of itself, for operators who ask from other processes. */
export type Report = {
  /** Passed since the last report. */
  readonly events: number;
  readonly eventsPerSecond: number;
  readonly lastEventAt: string | undefined;
};

/** Writes the report, renews the lease; the answer says whether an operator wants it to wait, or to go. Throws Fenced. */
export const checkIn = async (
  pool: pg.Pool,
  { name, version }: Version,
  lease: Lease,
  { eventsPerSecond, lastEventAt }: Report,
): Promise<{ readonly mustWait: boolean }> => {
  const { rows } = await pool.query<{ mustWait: boolean }>(
    `update read.projection_checkpoints
     set lease_expires_at = clock_timestamp() + $5 * interval '1 millisecond', reported_at = clock_timestamp(),
         events_per_second = $6, last_event_at = coalesce($7, last_event_at),
         last_error = case when stopped then last_error end, epoch = $8
     from (select set_config('synchronous_commit', 'off', true)) as not_worth_a_disk_flush
     where projection = $1 and version = $2 and owner = $3 and fence = $4
     returning paused or stopped or phase = 'dropping' as "mustWait"`,
    [name, version, lease.owner, lease.fence, leaseMs, eventsPerSecond, lastEventAt ?? null, lease.epoch],
  );
  if (rows[0]) return rows[0];
  throw new Fenced(`Another projector took over the projection ${name} version ${version}`);
};

/** Nobody leads it until an operator resumes it. Throws Fenced when it is somebody else's already. */
export const stopForOperator = async (
  pool: pg.Pool,
  { name, version }: Version,
  lease: Lease,
  error: string,
): Promise<void> => {
  const { rowCount } = await pool.query(
    `update read.projection_checkpoints
     set stopped = true, last_error = $5, events_per_second = 0, reported_at = clock_timestamp(),
         owner = null, lease_expires_at = null
     where projection = $1 and version = $2 and owner = $3 and fence = $4`,
    [name, version, lease.owner, lease.fence, error],
  );
  if (rowCount === 0) throw new Fenced(`Another projector took over the projection ${name} version ${version}`);
};

/** Why it tries again; the lease is free by then, and whoever takes it clears the sentence. */
export const noteError = async (pool: pg.Pool, { name, version }: Version, error: string): Promise<void> => {
  await pool.query(
    `update read.projection_checkpoints
     set last_error = $3, events_per_second = 0, reported_at = clock_timestamp()
     where projection = $1 and version = $2 and owner is null`,
    [name, version, error],
  );
};
