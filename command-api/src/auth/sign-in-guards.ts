import type pg from 'pg';

/** So many failures in a row close the account to that device for so long. */
export const failuresUntilLock = 5;
export const lockMinutes = 15;

/** Failures are counted for every user and device apart, so that strangers cannot lock out a device the owner uses. */
export type Guarded = { readonly userId: string; readonly device: string };

export type Failure = { readonly failures: number; readonly lockedUntil: Date | null };

/** Takes the guard's row until the transaction ends, so that of many guesses at once each sees what the one before left. */
export const holdGuard = async (
  client: pg.PoolClient,
  { userId, device }: Guarded,
): Promise<{ readonly isLocked: boolean }> => {
  const { rows } = await client.query<{ is_locked: boolean }>(
    `insert into write_side.sign_in_guards as guard (user_id, device) values ($1, $2)
     on conflict (user_id, device) do update set device = excluded.device
     returning coalesce(guard.locked_until > clock_timestamp(), false) as is_locked`,
    [userId, device],
  );
  return { isLocked: rows[0]?.is_locked ?? false };
};

/** Counts a failure unless the guard is locked; a lock that ran out begins again from nothing. */
export const countFailure = async (client: pg.PoolClient, { userId, device }: Guarded): Promise<Failure> => {
  const { rows } = await client.query<{ failures: number; locked_until: Date | null }>(
    `update write_side.sign_in_guards set
       failures = case when locked_until > clock_timestamp() then failures
                       when locked_until is not null then 1
                       else failures + 1 end,
       locked_until = case when locked_until > clock_timestamp() then locked_until
                           when locked_until is null and failures + 1 >= $3
                           then clock_timestamp() + make_interval(mins => $4) end,
       last_failure_at = clock_timestamp()
     where user_id = $1 and device = $2
     returning failures, locked_until`,
    [userId, device, failuresUntilLock, lockMinutes],
  );
  return { failures: rows[0]?.failures ?? 0, lockedUntil: rows[0]?.locked_until ?? null };
};

export const forgetFailures = async (client: pg.PoolClient, { userId, device }: Guarded): Promise<void> => {
  await client.query('delete from write_side.sign_in_guards where user_id = $1 and device = $2', [userId, device]);
};

/** Ends the user's locks and failures on every device; true when there was a lock. */
export const endLocks = async (client: pg.PoolClient, userId: string): Promise<boolean> => {
  const { rows } = await client.query<{ was_locked: boolean }>(
    `delete from write_side.sign_in_guards where user_id = $1
     returning coalesce(locked_until > clock_timestamp(), false) as was_locked`,
    [userId],
  );
  return rows.some(({ was_locked: wasLocked }) => wasLocked);
};
