import { derivedUuid } from '@ims/platform/event-log/derived-ids';
import type { EventLog } from '@ims/platform/event-log/event-log';
import type pg from 'pg';

export type ReservationKind = 'username' | 'email' | 'site-name';
export type Name = { readonly kind: ReservationKind; readonly name: string };
/** The command a name is held for. Its hash counts: two requests under one idempotency key are two holders. */
export type Holder = { readonly stream: string; readonly commandId: string; readonly requestHash: string };

/** Names that must be unique, held in a table because no transaction spans it and the log. */
export type Reservations = {
  /** Holds the names for a command, all or none; answers the first one that somebody else holds. */
  reserve(names: readonly Name[], holder: Holder): Promise<Name | undefined>;
  /** The command's events are in the log: its names are taken for good. */
  confirm(holder: Holder): Promise<void>;
  /** The command was refused: its names are free again. */
  release(holder: Holder): Promise<void>;
};

/** What a row is known by as its holder's; only who asks for the same again has the same. */
const claimOf = ({ commandId, requestHash }: Pick<Holder, 'commandId' | 'requestHash'>): string =>
  derivedUuid(commandId, requestHash);

/** The form in which two spellings of a name are the same. */
export const nameKey = (name: string): string => name.normalize('NFKC').trim().toLowerCase();

type Row = { readonly stream: string; readonly claim: string; readonly state: string; readonly is_old: boolean };

export const createReservations = ({ pool, log }: { pool: pg.Pool; log: EventLog }): Reservations => {
  const confirm = async (claim: string): Promise<void> => {
    await pool.query(`update write_side.reservations set state = 'confirmed' where command_id = $1`, [claim]);
  };
  const release = async (claim: string): Promise<void> => {
    await pool.query(`delete from write_side.reservations where command_id = $1 and state = 'pending'`, [claim]);
  };

  /** True when the name became free: its holder died between its reservation and its events. */
  const settle = async ({ stream, claim, is_old: isOld }: Row): Promise<boolean> => {
    const events = await log.readStream(stream);
    if (events.some(({ metadata }) => claimOf(metadata) === claim)) {
      await confirm(claim);
      return false;
    }
    if (!isOld) return false;
    // Old still: its holder may have come back since the row was read, and goes on with the name.
    await pool.query(
      `delete from write_side.reservations
       where command_id = $1 and state = 'pending' and created_at < now() - interval '60 seconds'`,
      [claim],
    );
    return true;
  };

  const reserve: Reservations['reserve'] = async (names, holder) => {
    const taken = await insertAll(pool, names, holder);
    if (!taken) return undefined;
    await release(claimOf(holder));
    const { rows } = await pool.query<Row>(
      `select stream, command_id as claim, state, created_at < now() - interval '60 seconds' as is_old
       from write_side.reservations where kind = $1 and key = $2`,
      [taken.kind, nameKey(taken.name)],
    );
    const [row] = rows;
    if (!row) return reserve(names, holder);
    if (row.state === 'pending' && (await settle(row))) return reserve(names, holder);
    return taken;
  };
  return {
    reserve,
    confirm: (holder) => confirm(claimOf(holder)),
    release: (holder) => release(claimOf(holder)),
  };
};

/** Inserts what is free and answers the first name that is not. A row of the same command is its own. */
const insertAll = async (pool: pg.Pool, names: readonly Name[], holder: Holder): Promise<Name | undefined> => {
  const { rows } = await pool.query<{ kind: string }>(
    `insert into write_side.reservations (kind, key, stream, command_id, state)
     select kind, key, $3, $4, 'pending' from unnest($1::text[], $2::text[]) as wanted (kind, key)
     on conflict (kind, key) do update set created_at = now() where reservations.command_id = excluded.command_id
     returning kind`,
    [names.map(({ kind }) => kind), names.map(({ name }) => nameKey(name)), holder.stream, claimOf(holder)],
  );
  return names.find(({ kind }) => rows.every((row) => row.kind !== kind));
};
