import type pg from 'pg';
import { inTransaction } from '../../database/transaction.ts';
import { EventLogUnavailable, type WrappedKey } from '../event-log.ts';

/** Stores all these keys, or none when a subject has another one or was erased. */
export const storeKeys = async (pool: pg.Pool, keys: readonly WrappedKey[]): Promise<'stored' | 'taken'> => {
  try {
    return await inTransaction<'stored'>(pool, async (client) => {
      const columns = [
        keys.map(({ subject }) => subject),
        keys.map(({ masterKeyId }) => masterKeyId),
        keys.map(({ wrapped }) => wrapped),
      ];
      await client.query({ name: 'key_store_insert', text: insertKeys, values: columns });
      const { rows } = await client.query<{ fit: boolean }>({
        name: 'key_store_compare',
        text: compareKeys,
        values: [columns[0], columns[2]],
      });
      if (rows[0]?.fit === true) return 'stored';
      throw new Taken();
    });
  } catch (error) {
    if (error instanceof Taken) return 'taken';
    throw new EventLogUnavailable('The keys of the append cannot be stored.', { cause: error });
  }
};

/** Rolls the transaction back. */
class Taken extends Error {}

const insertKeys = `insert into key_store.keys (subject, master_key_id, wrapped)
select subject, master, value from unnest($1::text[], $2::text[], $3::bytea[]) as new(subject, master, value)
on conflict do nothing`;

const compareKeys = `select coalesce(bool_and(stored.wrapped is not distinct from new.value), true) as fit
from unnest($1::text[], $2::bytea[]) as new(subject, value)
join key_store.keys stored on stored.subject = new.subject`;

/** As `EventLog.epoch`. */
export const readEpoch = async (pool: pg.Pool): Promise<number> => {
  try {
    const { rows } = await pool.query<{ epoch: number }>('select max(epoch) as epoch from event_log.epochs');
    return rows[0]?.epoch ?? 1;
  } catch (cause) {
    throw new EventLogUnavailable('The epoch of the event log cannot be read.', { cause });
  }
};
