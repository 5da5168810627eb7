import type pg from 'pg';

const afterwards = new WeakMap<pg.PoolClient, Set<() => void>>();

/**
 * Calls `listener` once the transaction of `client` is committed, once however often it was given, and never when it is
 * rolled back. For a client of `inTransaction`; with any other nothing is called. The listener must not throw.
 */
export const afterCommit = (client: pg.PoolClient, listener: () => void): void => {
  afterwards.get(client)?.add(listener);
};

/** Commits what `work` did when it resolves, rolls back when it throws; a connection that cannot roll back is dropped. */
export const inTransaction = async <Result>(
  pool: pg.Pool,
  work: (client: pg.PoolClient) => Promise<Result>,
): Promise<Result> => {
  const listeners = new Set<() => void>();
  const result = await committed(pool, work, listeners);
  for (const listener of listeners) listener();
  return result;
};

const committed = async <Result>(
  pool: pg.Pool,
  work: (client: pg.PoolClient) => Promise<Result>,
  listeners: Set<() => void>,
): Promise<Result> => {
  const client = await pool.connect();
  afterwards.set(client, listeners);
  try {
    await client.query('begin');
    const result = await work(client);
    await client.query('commit');
    afterwards.delete(client);
    client.release();
    return result;
  } catch (error) {
    afterwards.delete(client);
    const broken = await client.query('rollback').then(
      () => false,
      () => true,
    );
    client.release(broken);
    throw error;
  }
};
