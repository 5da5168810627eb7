import { inTransaction } from '@ims/platform/database/transaction';
import type pg from 'pg';
import { lockLease, moveCheckpoint } from './checkpoints.ts';
import { closeDeadLetter, type DeadLetter, insertDeadLetter, moveDeadLetter, readParked } from './dead-letters.ts';
import { describeFailure, failureKind } from './failures.ts';
import { type FeedEvent, factsOf } from './feed-event.ts';
import { about, announce, type Leadership } from './leadership.ts';
import { heldOrFree } from './project-page.ts';
import { batchSettings, foldIntoTable, noSite, touchedBy } from './write-batch.ts';
import { inReadSchema } from './write-rows.ts';

export type SettleHow = 'retry' | 'skip';

/** `still-held`: an event of the record, the same or a later one, cannot be projected; the sentence says why. */
export type Settlement = 'resolved' | 'skipped' | `still-held: ${string}` | 'not-found' | 'not-leading';

/**
 * Brings a record that was held up to where the projection is, with the event in the way or without it, in one
 * transaction. Must not run beside a batch. Rejects with what is no event's fault; then nothing has changed.
 */
export const settleDeadLetter = async (leading: Leadership, id: string, how: SettleHow): Promise<Settlement> => {
  const { pool, projection, logger } = leading;
  const letter = await readParked(pool, projection, id);
  if (!letter) return 'not-found';
  const events = await waitingEvents(leading, letter, how);
  await makePartitions(leading, events);
  const { settlement, changes, parked } = await inTransaction(pool, async (client) => {
    await client.query(batchSettings);
    await lockLease(client, projection, leading.lease);
    const blocked = await foldUntilBlocked(client, leading, events);
    const stillParked = await closeOrMove(client, leading, { letter, how, events, blocked });
    const changedAt = new Map([[letter.siteId ?? noSite, leading.lease.position]]);
    const generations = await moveCheckpoint(
      client,
      projection,
      { position: leading.lease.position, events: 0 },
      changedAt,
    );
    return {
      settlement: settlementOf(how, blocked),
      changes: heldOrFree(leading, generations, letter.stream),
      parked: stillParked,
    };
  });
  if (parked === undefined) leading.leftOut.parked.delete(letter.stream);
  else leading.leftOut.parked.set(letter.stream, parked);
  if (how === 'skip') leading.leftOut.skipped.add(letter.eventId);
  const facts = { ...about(projection), deadLetterId: id, stream: letter.stream };
  logger.info({ operation: `${how}-dead-letter`, ...facts, settlement }, 'A dead letter was looked at again');
  announce(leading, changes);
  return settlement;
};

/** The stream from the event in the way up to the checkpoint; what is later comes with the next batch. */
const waitingEvents = async (
  { log, feed, lease, leftOut }: Leadership,
  { stream, revision, eventId }: DeadLetter,
  how: SettleHow,
): Promise<readonly FeedEvent[]> => {
  const logged = await log.readStream(stream, { afterRevision: revision - 1 });
  const events = await feed.open(logged.filter(({ position }) => position <= lease.position));
  return events.filter((event) => {
    const id = factsOf(event).eventId;
    return !leftOut.skipped.has(id) && (how === 'retry' || id !== eventId);
  });
};

/** Before the transaction, as for a batch. Events that have no place in a table are met again when they are folded. */
const makePartitions = async (leading: Leadership, events: readonly FeedEvent[]): Promise<void> => {
  for (const event of events) {
    try {
      await leading.partitions.ensure(touchedBy(leading.projection, { events: [event] }), leading.signal);
    } catch (error) {
      if (failureKind(error) !== 'event') throw error;
    }
  }
};

type Blocked = { readonly event: FeedEvent; readonly error: string };

/** All at once; where that fails one by one, so that those before the event in the way are in the rows. */
const foldUntilBlocked = async (
  client: pg.ClientBase,
  leading: Leadership,
  events: readonly FeedEvent[],
): Promise<Blocked | undefined> => {
  if ((await tryToFold(client, leading, events)) === undefined) return undefined;
  for (const event of events) {
    const error = await tryToFold(client, leading, [event]);
    if (error !== undefined) return { event, error };
  }
  return undefined;
};

/** The answer is what went wrong; then nothing of the events is in the rows. */
const tryToFold = async (
  client: pg.ClientBase,
  { projection }: Leadership,
  events: readonly FeedEvent[],
): Promise<string | undefined> => {
  await client.query('savepoint before_events');
  try {
    const name = inReadSchema(projection.version);
    for (const { table, keys } of touchedBy(projection, { events })) {
      await foldIntoTable(client, { table, name, keys, page: { events } });
    }
    await client.query('release savepoint before_events');
    return undefined;
  } catch (error) {
    if (failureKind(error) !== 'event') throw error;
    await client.query('rollback to savepoint before_events; release savepoint before_events');
    return describeFailure(error);
  }
};

type Outcome = {
  readonly letter: DeadLetter;
  readonly how: SettleHow;
  readonly events: readonly FeedEvent[];
  readonly blocked: Blocked | undefined;
};

/** The answer is the dead letter behind which the stream waits now, if any. */
const closeOrMove = async (
  client: pg.ClientBase,
  { projection }: Leadership,
  { letter, how, events, blocked }: Outcome,
): Promise<string | undefined> => {
  const found = blocked && { ...blocked, waiting: events.length - 1 - events.indexOf(blocked.event) };
  if (how === 'skip') {
    await closeDeadLetter(client, letter.id, 'skipped');
    return found && insertDeadLetter(client, projection, found);
  }
  if (found) await moveDeadLetter(client, letter.id, found);
  else await closeDeadLetter(client, letter.id, 'resolved');
  return found && letter.id;
};

const settlementOf = (how: SettleHow, blocked: Blocked | undefined): Settlement => {
  if (blocked) return `still-held: ${blocked.error}`;
  return how === 'retry' ? 'resolved' : 'skipped';
};
