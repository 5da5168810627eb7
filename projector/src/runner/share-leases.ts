import { inTransaction } from '@ims/platform/database/transaction';
import type pg from 'pg';
import type { Lease } from './checkpoints.ts';
import type { Projection } from './projection.ts';

type Version = Pick<Projection, 'name' | 'version'>;

/** Tells those who lead the projection that somebody would take it; has to be said again within two seconds. */
export const standBy = async (pool: pg.Pool, { name, version }: Version, owner: string): Promise<void> => {
  await pool.query(
    `with gone as (delete from read.waiting_projectors where seen_at < clock_timestamp() - interval '1 minute')
     insert into read.waiting_projectors (owner, projection, version, seen_at)
     values ($1, $2, $3, clock_timestamp())
     on conflict (owner, projection, version) do update set seen_at = excluded.seen_at`,
    [owner, name, version],
  );
};

export const noLongerStandBy = async (pool: pg.Pool, { name, version }: Version, owner: string): Promise<void> => {
  await pool.query('delete from read.waiting_projectors where owner = $1 and projection = $2 and version = $3', [
    owner,
    name,
    version,
  ]);
};

/** Of those who wait for the projection, the one with the fewest leases, when it has at least two fewer than one has. */
const needier = `select waiting.owner from read.waiting_projectors as waiting
  where waiting.projection = $1 and waiting.version = $2 and waiting.owner <> $3
    and waiting.seen_at > clock_timestamp() - interval '2 seconds'
    and read.leases_of(waiting.owner) + 2 <= read.leases_of($3)
  order by read.leases_of(waiting.owner), waiting.owner limit 1`;

/**
 * Gives the lease to a projector that has too few; true when it did. All who hand over take their turn, so that a
 * process which leads everything does not give everything away at once.
 */
export const handOver = async (pool: pg.Pool, { name, version }: Version, lease: Lease): Promise<boolean> => {
  const { rows } = await pool.query(needier, [name, version, lease.owner]);
  if (rows.length === 0) return false;
  return inTransaction(pool, async (client) => {
    await client.query("select pg_advisory_xact_lock(hashtextextended('read.waiting_projectors', 0))");
    const { rowCount } = await client.query(
      `update read.projection_checkpoints
       set owner = needier.owner, fence = fence + 1,
           lease_expires_at = clock_timestamp() + interval '2 seconds'
       from (${needier}) as needier
       where projection = $1 and version = $2 and projection_checkpoints.owner = $3 and fence = $4`,
      [name, version, lease.owner, lease.fence],
    );
    return rowCount === 1;
  });
};
