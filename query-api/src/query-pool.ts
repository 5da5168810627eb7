import { surviveBrokenConnections } from '@ims/platform/database/pool';
import pg from 'pg';

export type QueryPoolOptions = { readonly url: string; readonly max?: number };

const readAsWritten = new Set<number>([pg.types.builtins.TIMESTAMPTZ]);

/** Instants stay the text PostgreSQL wrote (UTC): a Date per cell would cost more than the query itself. */
const types: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') => {
    if (format === 'binary') return pg.types.getTypeParser(oid, 'binary');
    if (oid === pg.types.builtins.INT8) return BigInt;
    if (readAsWritten.has(oid)) return String;
    return pg.types.getTypeParser(oid, 'text');
  }) as pg.CustomTypesConfig['getTypeParser'],
};

/**
 * Connections of the role `ims_query`. Pipelined: statements queued together travel as one message. Every statement is
 * planned for its own site: a generic plan would look into every site's partition.
 */
export const createQueryPool = ({ url, max = 10 }: QueryPoolOptions): pg.Pool => {
  const pool = new pg.Pool({
    connectionString: url,
    application_name: 'ims-query-api',
    max,
    pipeline: true,
    connectionTimeoutMillis: 5_000,
    idleTimeoutMillis: 60_000,
    // Both ends remember every named statement of a connection for as long as it lives.
    maxLifetimeSeconds: 1_800,
    keepAlive: true,
    types,
    options: '-c plan_cache_mode=force_custom_plan -c timezone=UTC -c datestyle=ISO -c jit=off',
  });
  surviveBrokenConnections(pool);
  return pool;
};
