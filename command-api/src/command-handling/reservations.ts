import { inTransaction } from '@ims/platform/database/transaction';
import { derivedUuid } from '@ims/platform/event-log/derived-ids';
import type { EventLog } from '@ims/platform/event-log/event-log';
import type pg from 'pg';
import {
  keepCurrent,
  type ReservationKind,
  type ReservationRow,
  readRows,
  type StreamClaims,
} from './reservation-rows.ts';

export type Name = { readonly kind: ReservationKind; readonly name: string };
/** The command a name is held for. Its hash counts: two requests under one idempotency key are two holders. */
export type Holder = { readonly stream: string; readonly commandId: string; readonly requestHash: string };

/** Names that must be unique, held in a table because no transaction spans it and the log. */
export type Reservations = {
  /**
   * Holds the names for a command, all or none; answers the first one that somebody else holds. A name that the
   * holder's stream has already is no obstacle.
   */
  reserve(names: readonly Name[], holder: Holder): Promise<Name | undefined>;
  /** The command's events are in the log: its names are taken for good, and those they replaced are free. */
  confirm(names: readonly Name[], holder: Holder): Promise<void>;
  /** The command was refused: its names are free again. */
  release(holder: Holder): Promise<void>;
  /** The stream gave up its names in the log (`UserInvitationWithdrawn`): those it had until then are free. */
  letGo(stream: string): Promise<void>;
  /** The stream that a name belongs to, or is about to. */
  findStream(name: Name): Promise<string | undefined>;
  /** Settles what commands that died left pending; answers how many rows that were. */
  settleOld(): Promise<number>;
};

/** What a row is known by as its holder's; only who asks for the same again has the same. */
export const claimOf = ({ commandId, requestHash }: Pick<Holder, 'commandId' | 'requestHash'>): string =>
  derivedUuid(commandId, requestHash);

/** The form in which two spellings of a name are the same. */
export const nameKey = (name: string): string => name.normalize('NFKC').trim().toLowerCase().normalize('NFKC');

export const createReservations = ({ pool, log }: { pool: pg.Pool; log: EventLog }): Reservations => {
  const release = async (claim: string): Promise<void> => {
    await pool.query(`delete from write_side.reservations where command_id = $1 and state = 'pending'`, [claim]);
  };

  /** Claims of a stream's events, read while nobody else confirms names of the stream. */
  const claimsIn = async (stream: string): Promise<StreamClaims> => {
    const events = await log.readStream(stream);
    return {
      revisions: new Map(events.map(({ metadata, revision }) => [claimOf(metadata), revision])),
      endedAt: events.findLast(({ type }) => type === 'UserInvitationWithdrawn')?.revision ?? -1,
    };
  };

  const confirm = (names: readonly Name[], { stream, ...command }: Holder): Promise<void> =>
    inTransaction(pool, async (client) => {
      await lockNamesOf(client, stream);
      const claims = await claimsIn(stream);
      const claim = claimOf(command);
      // A command that found nothing to do has no events: its names are its stream's already.
      if (!claims.revisions.has(claim)) return;
      await upsertConfirmed(client, names, { stream, claim });
      await keepCurrent(client, stream, claims);
    });

  const letGo = (stream: string): Promise<number> =>
    inTransaction(pool, async (client) => {
      await lockNamesOf(client, stream);
      return keepCurrent(client, stream, await claimsIn(stream));
    });

  /** True when nothing is pending any more: its events are in the log, or its holder died before them. */
  const settle = async (row: ReservationRow): Promise<boolean> => {
    const events = await log.readStream(row.stream);
    const event = events.find(({ metadata }) => claimOf(metadata) === row.claim);
    if (event) {
      const { commandId, requestHash } = event.metadata;
      await confirm([{ kind: row.kind, name: row.key }], { stream: row.stream, commandId, requestHash });
      if (nameKey(row.key) !== row.key) await dropPending(pool, row);
      return true;
    }
    if (!row.is_old) return false;
    // Old still: its holder may have come back since the row was read, and goes on with the name.
    await pool.query(
      `delete from write_side.reservations
       where command_id = $1 and state = 'pending' and created_at < now() - interval '60 seconds'`,
      [row.claim],
    );
    return true;
  };

  const reserveIn = async (rounds: number, names: readonly Name[], holder: Holder): Promise<Name | undefined> => {
    if (rounds === 0) throw new Error(`Names for ${holder.stream} stay neither free nor taken.`);
    const again = () => reserveIn(rounds - 1, names, holder);
    for (const name of await insertAll(pool, names, holder)) {
      const [row] = await readRows(pool, { kind: name.kind, key: nameKey(name.name) });
      if (row?.state === 'confirmed' && row.stream === holder.stream) continue;
      // A row that was settled is confirmed or gone by now: both are found out by trying again.
      if (!row || (row.state === 'pending' && (await settle(row)))) return again();
      // Given up in the log by somebody who died before saying so here.
      if (row.state === 'confirmed' && (await letGo(row.stream)) > 0) return again();
      await release(claimOf(holder));
      return name;
    }
    return undefined;
  };

  return {
    reserve: (names, holder) => reserveIn(mostRounds, names, holder),
    confirm,
    release: (holder) => release(claimOf(holder)),
    letGo: async (stream) => void (await letGo(stream)),
    findStream: async ({ kind, name }) => (await readRows(pool, { kind, key: nameKey(name) }))[0]?.stream,
    settleOld: async () => {
      const rows = await readRows(pool, 'old');
      for (const row of rows) await settle(row);
      return rows.length;
    },
  };
};

/** Tells the locks of reservations from others over the same texts. */
const confirmLock = 7_305_196_271;
/** A name changes hands once or twice while somebody asks for it, and never for ever. */
const mostRounds = 20;

const lockNamesOf = async (client: pg.PoolClient, stream: string): Promise<void> => {
  await client.query('select pg_advisory_xact_lock(hashtextextended($1, $2))', [stream, confirmLock]);
};

/** For a row that a version before wrote under another form of the name: the name is confirmed under its form of now. */
const dropPending = async (pool: pg.Pool, { kind, key, claim }: ReservationRow): Promise<void> => {
  await pool.query(
    `delete from write_side.reservations where kind = $1 and key = $2 and command_id = $3 and state = 'pending'`,
    [kind, key, claim],
  );
};

/** Inserts what is free and answers the names that are not. A row of the same command is its own. */
const insertAll = async (pool: pg.Pool, names: readonly Name[], holder: Holder): Promise<readonly Name[]> => {
  const { rows } = await pool.query<{ kind: string; key: string }>(
    `insert into write_side.reservations (kind, key, stream, command_id, state)
     select kind, key, $3, $4, 'pending' from unnest($1::text[], $2::text[]) as wanted (kind, key)
     on conflict (kind, key) do update set created_at = now() where reservations.command_id = excluded.command_id
     returning kind, key`,
    [names.map(({ kind }) => kind), names.map(({ name }) => nameKey(name)), holder.stream, claimOf(holder)],
  );
  return names.filter(({ kind, name }) => !rows.some((row) => row.kind === kind && row.key === nameKey(name)));
};

/** An upsert: the row may have been settled away while its command took long, and the name is in the log now. */
const upsertConfirmed = async (
  client: pg.PoolClient,
  names: readonly Name[],
  { stream, claim }: { readonly stream: string; readonly claim: string },
): Promise<void> => {
  const { rowCount } = await client.query(
    `insert into write_side.reservations (kind, key, stream, command_id, state)
     select kind, key, $3, $4, 'confirmed' from unnest($1::text[], $2::text[]) as wanted (kind, key)
     on conflict (kind, key) do update set state = 'confirmed', command_id = excluded.command_id
       where reservations.stream = excluded.stream`,
    [names.map(({ kind }) => kind), names.map(({ name }) => nameKey(name)), stream, claim],
  );
  if (rowCount !== names.length) throw new Error(`A name of ${stream} was given to somebody else meanwhile.`);
};
