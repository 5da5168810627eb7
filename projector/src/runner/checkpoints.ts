import type pg from 'pg';
import type { Projection } from './projection.ts';

/** The right to write a projection until it expires; a newer fence takes it away at once. */
export type Lease = { readonly owner: string; readonly fence: bigint; readonly position: bigint };

/** Thrown when somebody else took the lease over: what was about to be written must not be. */
export class Fenced extends Error {
  override readonly name = 'Fenced';
}

export const leaseMs = 5_000;

/** The projection's position as it is stored; 0 before its first batch. */
export const readPosition = async (pool: pg.Pool, { name, version }: Projection): Promise<bigint> => {
  const { rows } = await pool.query<{ position: bigint }>(
    'select position from read.projection_checkpoints where projection = $1 and version = $2',
    [name, version],
  );
  return rows[0]?.position ?? 0n;
};

/**
 * Takes the lease when it is free, expired or already one's own; `seize` takes it from anybody, for a process that
 * knows it is alone. The fence grows every time, so that a twin that was only paused finds itself shut out.
 */
export const acquireLease = async (
  pool: pg.Pool,
  { name, version }: Projection,
  { owner, seize }: { readonly owner: string; readonly seize: boolean },
): Promise<Lease | undefined> => {
  await pool.query(
    'insert into read.projection_checkpoints (projection, version) values ($1, $2) on conflict do nothing',
    [name, version],
  );
  const { rows } = await pool.query<{ position: bigint; fence: bigint }>(
    `update read.projection_checkpoints
     set owner = $3, fence = fence + 1, lease_expires_at = clock_timestamp() + $4 * interval '1 millisecond'
     where projection = $1 and version = $2
       and (owner is null or owner = $3 or lease_expires_at < clock_timestamp() or $5)
     returning position, fence`,
    [name, version, owner, leaseMs, seize],
  );
  return rows[0] && { owner, fence: rows[0].fence, position: rows[0].position };
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

/** Moves the checkpoint, renews the lease and tells which sites changed and when, in the batch's own transaction. */
export const moveCheckpoint = async (
  client: pg.ClientBase,
  { name, version }: Projection,
  position: bigint,
  generations: ReadonlyMap<string, bigint>,
): Promise<void> => {
  await client.query(
    `with moved as (
       update read.projection_checkpoints
       set position = $3, lease_expires_at = clock_timestamp() + $4 * interval '1 millisecond'
       where projection = $1 and version = $2)
     insert into read.site_generations as known (site_id, projection, generation)
     select site_id, $1, generation from unnest($5::uuid[], $6::bigint[]) as changed (site_id, generation)
     on conflict (site_id, projection) do update set generation = greatest(known.generation, excluded.generation)`,
    [name, version, position, leaseMs, [...generations.keys()], [...generations.values()]],
  );
};
