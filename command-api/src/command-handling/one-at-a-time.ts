import type pg from 'pg';

/** Does work that must not overlap with other work of the same name, in this process or another. */
export type OneAtATime = <Result>(name: string, work: () => Promise<Result>) => Promise<Result>;

/** Tells these locks from others over the same texts. */
const lockSpace = 7_305_196_281;
/** Whoever holds a lock holds a connection and needs more of them for the work: a few must not starve the rest. */
const holdersAtOnce = 4;

/** Locks end with their connection, so a process that dies leaves none behind. */
export const createOneAtATime = (pool: pg.Pool): OneAtATime => {
  let holders = 0;
  const waiting: (() => void)[] = [];
  const enter = async (): Promise<void> => {
    if (holders >= holdersAtOnce) await new Promise<void>((resolve) => waiting.push(resolve));
    else holders += 1;
  };
  const leave = (): void => {
    const next = waiting.shift();
    if (next) next();
    else holders -= 1;
  };

  return async (name, work) => {
    await enter();
    try {
      return await withLock(pool, name, work);
    } finally {
      leave();
    }
  };
};

const withLock = async <Result>(pool: pg.Pool, name: string, work: () => Promise<Result>): Promise<Result> => {
  const client = await pool.connect();
  try {
    await client.query('select pg_advisory_lock(hashtextextended($1, $2))', [name, lockSpace]);
    const result = await work();
    await client.query('select pg_advisory_unlock(hashtextextended($1, $2))', [name, lockSpace]);
    client.release();
    return result;
  } catch (error) {
    client.release(true);
    throw error;
  }
};
