import { setTimeout as delay } from 'node:timers/promises';
import { createPool } from '@ims/platform/database/pool';
import { serviceUrl } from '@ims/platform/database/roles';
import { createCodec } from '@ims/platform/event-log/codec';
import type { EventLog } from '@ims/platform/event-log/event-log';
import { createPostgresKeyStore } from '@ims/platform/event-log/keys';
import { projections } from '@ims/projector/projections';
import { verifyProjection } from '@ims/projector/verify';
import type pg from 'pg';
import type { Violation } from './history.ts';
import type { Topology } from './topology.ts';

const caughtUpWithinMs = 30_000;

/** Read tables = fold(log, keys), for every projection, row by row. */
export const checkReadTables = async (
  { databaseUrl, masterKey }: Topology,
  log: EventLog,
): Promise<readonly Violation[]> => {
  const pool = createPool({
    url: serviceUrl(databaseUrl(), 'ims_projector', masterKey.bytes),
    applicationName: 'ims-chaos-verify',
    max: 2,
  });
  const codec = createCodec({ keyStore: createPostgresKeyStore(pool), masterKey });
  try {
    await untilCaughtUp(pool, await log.headPosition());
    const found: Violation[] = [];
    for (const projection of projections) {
      const { differences } = await verifyProjection({
        pool,
        log,
        open: (events) => codec.openAll(events),
        projection,
      });
      for (const { table, key, difference } of differences) {
        found.push({ rule: 'read tables = fold(log, keys)', what: `${table} ${JSON.stringify(key)}: ${difference}` });
      }
    }
    return found;
  } finally {
    await pool.end();
  }
};

const untilCaughtUp = async (pool: pg.Pool, head: bigint): Promise<void> => {
  const deadline = performance.now() + caughtUpWithinMs;
  while (performance.now() < deadline) {
    const { rows } = await pool.query<{ behind: number }>(
      'select count(*)::int as behind from read.projection_checkpoints where position < $1',
      [head],
    );
    if (rows[0]?.behind === 0) return;
    await delay(50);
  }
  throw new Error(`The projections did not reach ${head} within ${caughtUpWithinMs} ms.`);
};
