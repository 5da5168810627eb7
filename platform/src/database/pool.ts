import pg from 'pg';

export type PoolOptions = {
  readonly url: string;
  /** Shown in pg_stat_activity. */
  readonly applicationName: string;
  /** Connections at most; default 10. */
  readonly max?: number;
  /** After this many milliseconds without an answer a query fails; default none (the roles have timeouts of their own). */
  readonly queryTimeoutMs?: number;
  /** Statements queued together on one connection travel as one message; default false. */
  readonly pipeline?: boolean;
};

/**
 * A pool whose queries return int8 as bigint (never as text, never rounded); numeric stays text, timestamptz is a Date.
 * Waits at most 5 s for a connection. A connection that breaks while idle is replaced; the next query tells.
 */
export const createPool = ({
  url,
  applicationName,
  max = 10,
  queryTimeoutMs,
  pipeline = false,
}: PoolOptions): pg.Pool => {
  const pool = new pg.Pool({
    connectionString: url,
    application_name: applicationName,
    max,
    connectionTimeoutMillis: 5_000,
    idleTimeoutMillis: 60_000,
    keepAlive: true,
    types: bigintTypes,
    pipeline,
    ...(queryTimeoutMs === undefined ? {} : { query_timeout: queryTimeoutMs }),
  });
  surviveBrokenConnections(pool);
  return pool;
};

/**
 * Connections break while they are idle and while somebody holds them, and a client's error that nobody listens to
 * ends the process. Whoever was using the connection learns of it from the query that fails.
 */
export const surviveBrokenConnections = (pool: pg.Pool): void => {
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
};

/** For clients made without `createPool`: the same types. */
export const bigintTypes: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') => {
    if (format !== 'binary' && oid === pg.types.builtins.INT8) return BigInt;
    if (format !== 'binary' && oid === int8Array) return (text: string) => parseInt8Array(text);
    return pg.types.getTypeParser(oid, format as 'text');
  }) as pg.CustomTypesConfig['getTypeParser'],
};

const int8Array = 1016;

const parseInt8Array = (text: string): (bigint | null)[] =>
  text === '{}'
    ? []
    : text
        .slice(1, -1)
        .split(',')
        .map((item) => (item === 'NULL' ? null : BigInt(item)));
