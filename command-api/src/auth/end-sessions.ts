import type pg from 'pg';

/** Ends the user's sessions, all or all but one; access tokens of them end with them. Answers how many. */
export const endSessions = async (
  database: pg.Pool | pg.PoolClient,
  {
    userId,
    because,
    except,
  }: { readonly userId: string; readonly because: string; readonly except?: string | undefined },
): Promise<number> => {
  const { rowCount } = await database.query(
    `update write_side.sessions set revoked_at = now(), revoked_because = $2
     where user_id = $1 and revoked_at is null and id is distinct from $3`,
    [userId, because, except ?? null],
  );
  return rowCount ?? 0;
};
