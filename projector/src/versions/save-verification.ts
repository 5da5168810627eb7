import type pg from 'pg';
import type { Verification } from '../verify.ts';

/** Keeps beside the version when it was compared with the log and in how many rows it differed. */
export const saveVerification = async (
  pool: pg.Pool,
  { projection, version, differences }: Verification,
): Promise<void> => {
  await pool.query(
    `update read.projection_checkpoints set verified_at = now(), differences = $3
     where projection = $1 and version = $2`,
    [projection, version, differences.length],
  );
};
