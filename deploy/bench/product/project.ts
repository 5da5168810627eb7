import { createPool } from '@ims/platform/database/pool';
import type { Codec } from '@ims/platform/event-log/codec';
import { createPostgresEventLog } from '@ims/platform/event-log/postgres-event-log';
import { createPostgresMessages } from '@ims/platform/messages/postgres-messages';
import { createLogger } from '@ims/platform/observability/logger';
import { startProjector } from '@ims/projector/app';
import { projections } from '@ims/projector/projections';
import type { BenchDatabase } from '../bench-database.ts';

export type ProductProjector = {
  /** Runs the projections of these names up to a position; returns how many events a second. */
  run(names: readonly string[], until: bigint): Promise<number>;
  close(): Promise<void>;
};

/** The real projector, as the launcher starts it, made to stop at a position. */
export const createProductProjector = (database: BenchDatabase, codec: Codec): ProductProjector => {
  const url = database.as('ims_projector');
  const pool = createPool({ url, applicationName: 'ims-projector' });
  const log = createPostgresEventLog({ url });
  const messages = createPostgresMessages({ url });
  const logger = createLogger({ component: 'bench', level: 'error' });
  const lowest = (positions: readonly bigint[]) =>
    positions.reduce((low, position) => (position < low ? position : low));
  return {
    run: async (names, until) => {
      const chosen = projections.filter(({ name }) => names.includes(name));
      const before = await checkpointOf(pool, names);
      const begun = performance.now();
      const projector = startProjector({ pool, log, codec, messages, logger, projections: chosen, seizeLeases: true });
      await projector.whenCaughtUp(until);
      const seconds = (performance.now() - begun) / 1_000;
      const reached = lowest(projector.status().map(({ position }) => position));
      await projector.stop();
      return Number(reached - before) / seconds;
    },
    close: async () => {
      await log.close();
      await messages.close();
      await pool.end();
    },
  };
};

const checkpointOf = async (pool: ReturnType<typeof createPool>, names: readonly string[]): Promise<bigint> => {
  const { rows } = await pool.query<{ position: bigint }>(
    'select coalesce(min(position), 0)::bigint as position from read.projection_checkpoints where projection = any($1)',
    [names],
  );
  return rows[0]?.position ?? 0n;
};
