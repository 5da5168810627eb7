import type pg from 'pg';

export type ReservationKind = 'username' | 'email' | 'site-name';

/** A row of `write_side.reservations`; `is_old` after the 60 s in which every command has ended. */
export type ReservationRow = {
  readonly kind: ReservationKind;
  readonly key: string;
  readonly stream: string;
  readonly claim: string;
  readonly state: 'pending' | 'confirmed';
  readonly is_old: boolean;
};

const columns = `kind, key, stream, command_id as claim, state, created_at < now() - interval '60 seconds' as is_old`;
const settledAtOnce = 100;

/** The row of one name, or the oldest of those that commands left pending. */
export const readRows = async (
  pool: pg.Pool,
  wanted: { readonly kind: ReservationKind; readonly key: string } | 'old',
): Promise<readonly ReservationRow[]> => {
  const { rows } =
    wanted === 'old'
      ? await pool.query<ReservationRow>(
          `select ${columns} from write_side.reservations
           where state = 'pending' and created_at < now() - interval '60 seconds' order by created_at limit $1`,
          [settledAtOnce],
        )
      : await pool.query<ReservationRow>(
          `select ${columns} from write_side.reservations where kind = $1 and key = $2`,
          [wanted.kind, wanted.key],
        );
  return rows;
};

/** What the log says of a stream's names: claims of its events with the revision of each, and where it gave all up. */
export type StreamClaims = {
  readonly revisions: ReadonlyMap<string, number>;
  /** -1 where it never did. */
  readonly endedAt: number;
};

/**
 * Of the confirmed names of a stream the one that was recorded last stays, per kind; those it replaced or gave up are free;
 * answers how many. By the log and not by the clock: two changes of one name may be confirmed in another order than they happened.
 */
export const keepCurrent = async (
  client: pg.PoolClient,
  stream: string,
  { revisions, endedAt }: StreamClaims,
): Promise<number> => {
  const { rows } = await client.query<{ kind: string; key: string; claim: string }>(
    `select kind, key, command_id as claim from write_side.reservations where stream = $1 and state = 'confirmed'`,
    [stream],
  );
  const newest = new Map<string, number>();
  const revisionOf = ({ claim }: { claim: string }): number => revisions.get(claim) ?? -1;
  for (const row of rows) newest.set(row.kind, Math.max(newest.get(row.kind) ?? -1, revisionOf(row)));
  const replaced = rows.filter((row) => revisionOf(row) < Math.max(newest.get(row.kind) ?? -1, endedAt));
  if (replaced.length === 0) return 0;
  await client.query(
    `delete from write_side.reservations
     where stream = $1 and (kind, key) in (select kind, key from unnest($2::text[], $3::text[]) as gone (kind, key))`,
    [stream, replaced.map(({ kind }) => kind), replaced.map(({ key }) => key)],
  );
  return replaced.length;
};
