import type { Operation } from '@ims/contracts/operations/events';
import { inTransaction } from '@ims/platform/database/transaction';
import type pg from 'pg';

/** A request that this process has taken. */
export type TakenRequest = {
  readonly id: string;
  readonly operation: Operation;
  readonly projection: string;
  readonly siteId: string | null;
  readonly version: number | null;
  readonly deadLetterId: string | null;
  readonly throttle: number | null;
  readonly dryRun: boolean;
  /** True when it was taken before: it may have been carried out already, without an answer. */
  readonly wasTaken: boolean;
};

export type Outcome = { readonly state: 'done' | 'refused' | 'failed'; readonly answer: string };

/** They take minutes and run beside the others. */
export const longOperations: readonly Operation[] = ['rebuild', 'verify'];
const deadLetterOperations: readonly Operation[] = ['retry-dead-letter', 'skip-dead-letter'];

/** A taker that did not say for this long that it is alive has lost what it took. */
const takerLostMs = 15_000;
/** So long a retry or skip waits for the process that leads the projection; then anybody answers that nobody does. */
const leaderMissingMs = 10_000;
/** All takers queue here for a moment: what is running must not change while one decides what may run beside it. */
const takingLock = 7_305_196_245;

/** True when there may be something to take or to settle; one look into a small index. */
export const areRequestsOpen = async (pool: pg.Pool): Promise<boolean> => {
  const { rowCount } = await pool.query(
    `select from operations.requests where state in ('waiting', 'running') limit 1`,
  );
  return rowCount === 1;
};

/**
 * The oldest request that may run now, marked as taken by `owner`: one of a kind (long or short) per projection at a
 * time; what a lost taker left; dead letters only where their projection is led.
 */
export const takeRequest = (
  pool: pg.Pool,
  owner: string,
  { takesLong }: { readonly takesLong: boolean },
): Promise<TakenRequest | undefined> =>
  inTransaction(pool, async (client) => {
    await client.query('select pg_advisory_xact_lock($1)', [takingLock]);
    const { rows } = await client.query<TakenRequest>(
      `update operations.requests request set state = 'running', taken_by = $1, taken_at = clock_timestamp()
       from (
         select asked.id, asked.taken_at is not null as was_taken from operations.requests asked
         where (asked.state = 'waiting' or (asked.state = 'running'
                and asked.taken_at < clock_timestamp() - $4 * interval '1 millisecond'))
           and asked.projection <> 'all'
           and ($3 or asked.operation <> all($2))
           and not exists (
             select from operations.requests busy
             where busy.state = 'running' and busy.id <> asked.id and busy.projection = asked.projection
               and (busy.operation = any($2)) = (asked.operation = any($2))
               and busy.taken_at >= clock_timestamp() - $4 * interval '1 millisecond')
           and (asked.operation <> all($5) or asked.dead_letter_id is null or ${mayBeSettledHere})
         order by asked.requested_at, asked.id
         for update skip locked limit 1) as next
       where request.id = next.id
       returning request.id, operation, projection, site_id as "siteId", version, dead_letter_id as "deadLetterId",
         throttle, dry_run as "dryRun", was_taken as "wasTaken"`,
      [owner, longOperations, takesLong, takerLostMs, deadLetterOperations, leaderMissingMs],
    );
    return rows[0];
  });

/** This process leads the dead letter's projection, or nobody has for a while. */
const mayBeSettledHere = `(
  exists (select from read.dead_letters letter join read.projection_checkpoints held using (projection, version)
          where letter.id = asked.dead_letter_id and held.owner = $1)
  or (asked.requested_at < clock_timestamp() - $6 * interval '1 millisecond' and not exists (
        select from read.dead_letters letter join read.projection_checkpoints held using (projection, version)
        where letter.id = asked.dead_letter_id and held.lease_expires_at > clock_timestamp())))`;

/** Says that the taker is alive. */
export const keepRequests = async (pool: pg.Pool, owner: string): Promise<void> => {
  await pool.query(
    `update operations.requests set taken_at = clock_timestamp() where taken_by = $1 and state = 'running'`,
    [owner],
  );
};

/** Leaves it to whoever comes next, who sees by `taken_at` that it is not the first. */
export const giveRequestBack = async (pool: pg.Pool, owner: string, id: string): Promise<void> => {
  await pool.query(
    `update operations.requests set state = 'waiting', taken_by = null
     where id = $1 and taken_by = $2 and state = 'running'`,
    [id, owner],
  );
};

/** False when somebody else has taken it over meanwhile: then the outcome is theirs to write. */
export const finishRequest = async (
  pool: pg.Pool,
  owner: string,
  id: string,
  { state, answer }: Outcome,
): Promise<boolean> => {
  const { rowCount } = await pool.query(
    `update operations.requests set state = $3, answer = $4, finished_at = clock_timestamp()
     where id = $1 and taken_by = $2 and state = 'running'`,
    [id, owner, state, answer],
  );
  return rowCount === 1;
};

/** Keeps which version is meant, for whoever must carry it out once more; the first who says it counts. */
export const keepVersion = async (pool: pg.Pool, id: string, version: number | null): Promise<number | null> => {
  const { rows } = await pool.query<{ version: number | null }>(
    'update operations.requests set version = coalesce(version, $2) where id = $1 returning version',
    [id, version],
  );
  return rows[0]?.version ?? null;
};

/** How far a verification has come, in events. */
export const saveProgress = async (pool: pg.Pool, id: string, done: number, total: number): Promise<void> => {
  await pool.query('update operations.requests set done = $2, total = $3 where id = $1', [id, done, total]);
};
