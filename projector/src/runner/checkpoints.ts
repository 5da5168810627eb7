import type pg from 'pg';
import type { Projection } from './projection.ts';

/**
 * The right to write a projection until it expires; a newer fence takes it away at once. `epoch` is the life of the log
 * that `position` belongs to.
 */
export type Lease = {
  readonly owner: string;
  readonly fence: bigint;
  readonly position: bigint;
  readonly epoch: number;
};

/** Thrown when somebody else took the lease over: what was about to be written must not be. */
export class Fenced extends Error {
  override readonly name = 'Fenced';
}

export const leaseMs = 5_000;

/** What the row says of a projection that one does not lead; nothing when there is no such version (any more). */
export type Standing = {
  readonly position: bigint;
  readonly paused: boolean;
  readonly stopped: boolean;
  readonly lastError: string | null;
};

export const readStanding = async (
  pool: pg.Pool,
  { name, version }: Pick<Projection, 'name' | 'version'>,
): Promise<Standing | undefined> => {
  const { rows } = await pool.query<Standing>(
    `select position, paused, stopped, last_error as "lastError" from read.projection_checkpoints
     where projection = $1 and version = $2`,
    [name, version],
  );
  return rows[0];
};

type Claim = { readonly owner: string; readonly seize: boolean };

/**
 * Takes the lease when it is free, expired or already one's own; `seize` takes it from anybody, for a process that
 * knows it is alone. The fence grows every time, so that a twin that was only paused finds itself shut out.
 * A projection that is paused or has stopped is nobody's.
 */
export const acquireLease = async (pool: pg.Pool, projection: Projection, claim: Claim): Promise<Lease | undefined> => {
  const lease = await claimLease(pool, projection, claim);
  if (lease || !(await createFirstVersion(pool, projection))) return lease;
  return claimLease(pool, projection, claim);
};

/** Later versions are made by a rebuild: whoever is late must not bring back the row of one that was dropped. */
const createFirstVersion = async (pool: pg.Pool, { name, version }: Projection): Promise<boolean> => {
  const { rowCount } = await pool.query(
    `insert into read.projection_checkpoints (projection, version)
     select $1, $2 where not exists (select from read.projection_checkpoints where projection = $1)
     on conflict do nothing`,
    [name, version],
  );
  return rowCount === 1;
};

/** Whoever waits with fewer leases goes first. A twin that was paused may hold the row itself: it is not waited for. */
const claimLease = async (
  pool: pg.Pool,
  { name, version }: Projection,
  { owner, seize }: Claim,
): Promise<Lease | undefined> => {
  const { rows } = await pool.query<Omit<Lease, 'owner'>>(
    `update read.projection_checkpoints as held
     set owner = $3, fence = held.fence + 1, lease_expires_at = clock_timestamp() + $4 * interval '1 millisecond'
     from (select projection, version from read.projection_checkpoints
           where projection = $1 and version = $2 for update skip locked) as mine
     where held.projection = mine.projection and held.version = mine.version
       and not held.paused and not held.stopped and held.phase <> 'dropping'
       and (held.owner is null or held.owner = $3 or held.lease_expires_at < clock_timestamp() or $5)
       and ($5 or held.owner = $3 or not exists (
         select from read.waiting_projectors as other
         where other.projection = $1 and other.version = $2 and other.owner <> $3
           and other.seen_at > clock_timestamp() - interval '2 seconds'
           and read.leases_of(other.owner) < read.leases_of($3)))
     returning held.position, held.fence, held.epoch`,
    [name, version, owner, leaseMs, seize],
  );
  return rows[0] && { owner, ...rows[0] };
};

/** Those whose batch is being written are left alone: the batch renews its lease itself. */
export const renewLeases = async (pool: pg.Pool, owner: string): Promise<void> => {
  await pool.query(
    `update read.projection_checkpoints as held
     set lease_expires_at = clock_timestamp() + $2 * interval '1 millisecond'
     from (select projection, version from read.projection_checkpoints where owner = $1
           for update skip locked) as mine
     where held.projection = mine.projection and held.version = mine.version`,
    [owner, leaseMs],
  );
};

export const releaseLease = async (pool: pg.Pool, { name, version }: Projection, lease: Lease): Promise<void> => {
  await pool.query(
    `update read.projection_checkpoints set owner = null, lease_expires_at = null
     where projection = $1 and version = $2 and owner = $3 and fence = $4`,
    [name, version, lease.owner, lease.fence],
  );
};

/** Holds the lease row until the transaction ends. Throws Fenced unless lease and position are still those known. */
export const lockLease = async (client: pg.ClientBase, { name, version }: Projection, lease: Lease): Promise<void> => {
  const { rows } = await client.query<{ fence: bigint; position: bigint }>(
    'select fence, position from read.projection_checkpoints where projection = $1 and version = $2 for update',
    [name, version],
  );
  if (rows[0]?.fence === lease.fence && rows[0].position === lease.position) return;
  throw new Fenced(`Another projector took over the projection ${name} version ${version}`);
};

/** Where the checkpoint goes, and past how many events. */
type Moved = { readonly position: bigint; readonly events: number };

/**
 * Moves the checkpoint, renews the lease and tells which sites changed and when, in the batch's own transaction. A
 * site's generation grows with every change, also when rows change behind the newest event, as when a record that was
 * held comes back, or when another version of the tables is written. The answer is that of the sites that read this
 * version: the others need not be told.
 */
export const moveCheckpoint = async (
  client: pg.ClientBase,
  { name, version }: Projection,
  { position, events }: Moved,
  changedAt: ReadonlyMap<string, bigint>,
): Promise<ReadonlyMap<string, bigint>> => {
  const { rows } = await client.query<{ site_id: string; generation: bigint }>(
    `with moved as (
       update read.projection_checkpoints
       set position = $3, processed = processed + $7,
           lease_expires_at = clock_timestamp() + $4 * interval '1 millisecond'
       where projection = $1 and version = $2),
     changed as (
       insert into read.site_generations as known (site_id, projection, generation)
       select site_id, $1, generation from unnest($5::uuid[], $6::bigint[]) as changed (site_id, generation)
       order by site_id
       on conflict (site_id, projection) do update set generation = greatest(known.generation + 1, excluded.generation)
       returning site_id, generation)
     select changed.site_id, changed.generation from changed
     left join read.active_versions own on own.projection = $1 and own.site_id = changed.site_id
     left join read.active_versions every
       on every.projection = $1 and every.site_id = '00000000-0000-0000-0000-000000000000'
     where coalesce(own.version, every.version, 1) = $2`,
    [name, version, position, leaseMs, [...changedAt.keys()], [...changedAt.values()], events],
  );
  return new Map(rows.map(({ site_id, generation }) => [site_id, generation]));
};
