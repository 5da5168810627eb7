import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import type { Projection } from './projection.ts';
import type { Touched } from './write-batch.ts';

/** Makes the partitions that a batch needs, each in a transaction of its own, before the batch. */
export type SitePartitions = { ensure(touched: readonly Touched[], signal: AbortSignal): Promise<void> };

const retryMs = 100;

export const createSitePartitions = (pool: pg.Pool, { version }: Projection): SitePartitions => {
  const known = new Set<string>();
  return {
    ensure: async (touched, signal) => {
      for (const { table, keys } of touched) {
        if (!table.isPartitioned) continue;
        for (const site of new Set([...keys.values()].map((key) => String(key.site_id)))) {
          const partition = `${table.name}_v${version}/${site}`;
          if (known.has(partition)) continue;
          await makeOne(pool, { table: `${table.name}_v${version}`, site }, signal);
          known.add(partition);
        }
      }
    },
  };
};

const makeOne = async (
  pool: pg.Pool,
  { table, site }: { readonly table: string; readonly site: string },
  signal: AbortSignal,
): Promise<void> => {
  for (;;) {
    try {
      await pool.query('select read.ensure_site_partition($1, $2)', [table, site]);
      return;
    } catch (error) {
      // No fault of the event that needs the partition: it must not be set aside for it.
      if (hasCode(error, '22023')) throw new Error(`The table read.${table} is missing`, { cause: error });
      if (!hasCode(error, '55P03')) throw error;
      await delay(retryMs, undefined, { signal });
    }
  }
};

const hasCode = (error: unknown, code: string): boolean => error instanceof pg.DatabaseError && error.code === code;
