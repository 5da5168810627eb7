import { setTimeout as delay } from 'node:timers/promises';
import { type Refusal, refusal } from '@ims/contracts/error-codes';
import type { Messages } from '@ims/platform/messages/messages';
import type pg from 'pg';

/** Resolves when the projection includes the position; a refusal when it does not within the deadline. */
export type AwaitProjection = (projection: string, position: bigint) => Promise<Refusal | undefined>;

const deadlineMs = 5_000;
const pollMs = 200;

export const createAwaitProjection =
  ({ pool, messages }: { readonly pool: pg.Pool; readonly messages: Messages }): AwaitProjection =>
  async (projection, position) => {
    const deadline = Date.now() + deadlineMs;
    let wake = new AbortController();
    const unsubscribe = messages.subscribe({
      changed: (change) => {
        if (change.projection === projection) wake.abort();
      },
      gap: () => wake.abort(),
    });
    try {
      while (Date.now() < deadline) {
        if (await includes(pool, projection, position)) return undefined;
        await delay(pollMs, undefined, { signal: wake.signal }).catch(() => undefined);
        wake = new AbortController();
      }
      return refusal('PROJECTION_LAGGING', 'The change is recorded but not yet effective everywhere; try again');
    } finally {
      unsubscribe();
    }
  };

const includes = async (pool: pg.Pool, projection: string, position: bigint): Promise<boolean> => {
  const { rows } = await pool.query<{ included: boolean }>(
    `select c.position >= $2 as included
     from read.projection_checkpoints c
     where c.projection = $1
       and c.version = coalesce((select a.version from read.active_versions a
                                 where a.projection = $1
                                   and a.site_id = '00000000-0000-0000-0000-000000000000'), 1)`,
    [projection, position],
  );
  return rows[0]?.included ?? false;
};
