import type pg from 'pg';
import { assertSuitableServer } from '../database/assert-durable.ts';
import { assertMigrated, MigrationPending } from '../database/migrate.ts';
import { isUnavailable } from '../http/unavailable.ts';
import { EngineRefused } from './engine-refused.ts';
import { expectedSchema } from './expected-schema.ts';

const refusals: Readonly<Record<string, string>> = {
  '28P01': 'refuses this user and password (has `npm run migrate` been run on this server?)',
  '28000': 'refuses this user',
  '3D000': 'has no such database',
};

/**
 * Resolves when the database answers and has the schema of this version. Rejects with `EngineRefused` when it never
 * will: wrong credentials, a server too old, a schema that is newer; with another error when it may later.
 */
export const assertPostgresReady = async (pool: pg.Pool): Promise<void> => {
  try {
    await assertSuitableServer(pool);
    await assertMigrated(pool, expectedSchema);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : undefined;
    const refusal = refusals[code ?? ''];
    if (refusal) throw new EngineRefused(`PostgreSQL ${refusal}.`, { cause: error });
    // With a code it is the server that speaks; without one it is our own sentence about it.
    if (code !== undefined || error instanceof MigrationPending || isUnavailable(error)) throw error;
    throw new EngineRefused(error instanceof Error ? error.message : String(error), { cause: error });
  }
};
