import { inTransaction } from '@ims/platform/database/transaction';
import type pg from 'pg';
import type { FileKey } from './log-file.ts';
import { LogProblem } from './log-problem.ts';

type KeyRow = {
  readonly subject: string;
  readonly master_key_id: string;
  readonly wrapped: Buffer | null;
  readonly created_at: Date;
  readonly erased_at: Date | null;
};

/** All wrapped keys, by subject. */
export const readKeys = async (pool: pg.Pool): Promise<readonly FileKey[]> => {
  const { rows } = await pool.query<KeyRow>(
    'select subject, master_key_id, wrapped, created_at, erased_at from key_store.keys order by subject',
  );
  return rows.map((row) => ({
    subject: row.subject,
    masterKeyId: row.master_key_id,
    wrapped: row.wrapped?.toString('base64') ?? null,
    createdAt: row.created_at.toISOString(),
    erasedAt: row.erased_at?.toISOString() ?? null,
  }));
};

/** Adds keys that are missing. A subject that was erased here stays erased; throws LogProblem for another key. */
export const writeKeys = async (pool: pg.Pool, keys: readonly FileKey[]): Promise<void> => {
  const columns = [
    keys.map(({ subject }) => subject),
    keys.map(({ masterKeyId }) => masterKeyId),
    keys.map(({ wrapped }) => (wrapped === null ? null : Buffer.from(wrapped, 'base64'))),
    keys.map(({ createdAt }) => createdAt),
    keys.map(({ erasedAt }) => erasedAt),
  ];
  await pool.query(insertKeys, columns);
  const { rows } = await pool.query<{ subject: string }>(differingKeys, [columns[0], columns[2]]);
  const [first] = rows;
  if (first) throw new LogProblem(`The database has another key for ${first.subject} than the file.`);
};

const insertKeys = `insert into key_store.keys (subject, master_key_id, wrapped, created_at, erased_at)
select subject, master, value, created, erased
from unnest($1::text[], $2::text[], $3::bytea[], $4::timestamptz[], $5::timestamptz[])
  as file(subject, master, value, created, erased)
on conflict (subject) do nothing`;

const differingKeys = `select stored.subject
from unnest($1::text[], $2::bytea[]) as file(subject, value)
join key_store.keys stored on stored.subject = file.subject
where stored.wrapped is not null and stored.wrapped is distinct from file.value
order by stored.subject limit 1`;

/** Begins a new life of the log, later than any before it here and in the file; once for each file. */
export const startEpoch = (pool: pg.Pool, sha256: string, fileEpoch: number): Promise<number> =>
  inTransaction(pool, async (client) => {
    const reason = `import of ${sha256}`;
    await client.query('lock table event_log.epochs in share row exclusive mode');
    const { rows } = await client.query<{ epoch: number }>(
      `with added as (
        insert into event_log.epochs (epoch, reason)
        select greatest(max(epoch), $2::integer) + 1, $1 from event_log.epochs
        having not bool_or(reason = $1)
        returning epoch
      )
      select epoch from added union all select epoch from event_log.epochs where reason = $1`,
      [reason, fileEpoch],
    );
    const epoch = rows[0]?.epoch;
    if (epoch === undefined) throw new Error('No epoch was started.');
    return epoch;
  });
