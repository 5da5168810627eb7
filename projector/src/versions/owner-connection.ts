import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';

/** A connection of the database's owner for one operation; `lost` aborts when it breaks, and with it its locks. */
export type Owner = { readonly client: pg.Client; readonly lost: AbortSignal };

/** Limits of a service's role must not cut an index short, and a dead peer must not keep its locks for hours. */
const settings = `set statement_timeout = 0; set idle_in_transaction_session_timeout = 0;
  set tcp_keepalives_idle = 5; set tcp_keepalives_interval = 2; set tcp_keepalives_count = 3`;

export const asOwner = async <Result>(url: string, work: (owner: Owner) => Promise<Result>): Promise<Result> => {
  const client = new pg.Client({ connectionString: url, application_name: 'ims-projector-owner', keepAlive: true });
  const lost = new AbortController();
  client.on('error', (error) => lost.abort(error));
  client.on('end', () => lost.abort(new Error('The connection of the database owner has ended')));
  await client.connect();
  try {
    await client.query(settings);
    return await work({ client, lost: lost.signal });
  } finally {
    await client.end().catch(() => undefined);
  }
};

const lockKey = `hashtextextended('ims-rebuild/' || $1, 0)`;

/** The right to build and drop versions of a projection, until the connection ends; false when another has it. */
export const lockVersions = async ({ client }: Owner, projection: string): Promise<boolean> => {
  const { rows } = await client.query<{ locked: boolean }>(`select pg_try_advisory_lock(${lockKey}) as locked`, [
    projection,
  ]);
  return rows[0]?.locked ?? false;
};

export const inOwnersTransaction = async ({ client }: Owner, work: () => Promise<void>): Promise<void> => {
  await client.query('begin');
  try {
    await work();
    await client.query('commit');
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw error;
  }
};

const lockTimeout = '200ms';
const patienceMs = 60_000;
const retryMs = 100;

/**
 * For statements that need a table alone: they give up at once and try again, because whoever waits for such a lock
 * makes every new reader wait behind it.
 */
export const withoutQueueing = async (owner: Owner, work: () => Promise<void>): Promise<void> => {
  const until = performance.now() + patienceMs;
  for (;;) {
    try {
      return await inOwnersTransaction(owner, async () => {
        await owner.client.query(`set local lock_timeout = '${lockTimeout}'`);
        await work();
      });
    } catch (error) {
      const contended = error instanceof pg.DatabaseError && (error.code === '55P03' || error.code === '40P01');
      if (!contended || performance.now() > until) throw error;
      await delay(retryMs);
    }
  }
};
