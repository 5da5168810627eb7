import { FORWARDS, type Position, START } from '@eventstore/db-client';
import type { LoggedEvent } from '../event-log.ts';
import type { Connection } from './connection.ts';
import { createHeadFinder } from './find-head.ts';
import { readEvents } from './read-events.ts';
import { isOurs, positionOf, type Recorded, toLoggedEvent } from './stored-form.ts';

export type WholeLog = {
  /** As `EventLog.readAll`. */
  readAll(afterPosition: bigint, limit: number): Promise<readonly LoggedEvent[]>;
  /** As `EventLog.countAfter`. */
  countAfter(position: bigint, limit: number): Promise<number>;
  /** As `EventLog.headPosition`. */
  headPosition(): Promise<bigint>;
};

/**
 * The client cannot filter reads of `$all` (only subscriptions), so what is not ours is dropped here: the server's
 * own events and markers of commands.
 */
export const createWholeLog = (connection: Connection): WholeLog => {
  const visitAfter = createVisits(connection);
  return {
    readAll: async (afterPosition, limit) => {
      const events: LoggedEvent[] = [];
      await visitAfter(afterPosition, limit, (event) => events.push(toLoggedEvent(event)));
      return events;
    },
    countAfter: async (position, limit) => {
      let count = 0;
      await visitAfter(position, limit, () => {
        count += 1;
      });
      return count;
    },
    headPosition: createHeadFinder(connection),
  };
};

/** Nothing of ours lies after `after` up to and including `to`, where the server has an event of its own. */
type Stretch = { readonly after: bigint; readonly to: bigint };

const smallestPage = 64;
const largestPage = 4_096;

/**
 * Visits our events after a position; in pages, because the server would go on sending what nobody wants. It writes
 * statistics for ever in an idle log; the stretch of them that was seen last is remembered, so that a poll at the head
 * reads what is new and not all of them again.
 */
const createVisits = (connection: Connection) => {
  let quiet: Stretch | undefined;
  return async (position: bigint, limit: number, visit: (event: Recorded) => void): Promise<void> => {
    let count = 0;
    let lastOurs = position;
    let scanned = quiet && quiet.after <= position && position < quiet.to ? quiet.to : position;
    const size = (): number => Math.min(Math.max(limit - count, smallestPage), largestPage);
    for (;;) {
      const { page, more } = await readPage(connection, scanned, size(), scanned !== position && count === 0);
      if (page === 'elsewhere') {
        quiet = undefined;
        scanned = position;
        continue;
      }
      for (const event of page) {
        scanned = positionOf(event);
        if (!isOurs(event.streamId)) continue;
        lastOurs = scanned;
        visit(event);
        count += 1;
        if (count === limit) return;
      }
      if (!more) break;
    }
    if (scanned > lastOurs) quiet = { after: lastOurs, to: scanned };
  };
};

type Page = { readonly page: readonly Recorded[] | 'elsewhere'; readonly more: boolean };

/**
 * What the server has after the position, of which a read begins with the event at the position itself. `known`: it
 * must be there, else this is not the log it was (one restored from a backup).
 */
const readPage = async ({ client }: Connection, after: bigint, size: number, known: boolean): Promise<Page> => {
  const page: Recorded[] = [];
  let count = 0;
  let found = false;
  const options = {
    direction: FORWARDS,
    fromPosition: from(after),
    maxCount: size + 1,
    requiresLeader: true,
  } as const;
  await readEvents(client.readAll(options), (event) => {
    count += 1;
    if (positionOf(event) > after) page.push(event);
    else found ||= positionOf(event) === after;
    return 'more';
  });
  return known && !found ? { page: 'elsewhere', more: false } : { page, more: count > size };
};

const from = (position: bigint): Position | typeof START =>
  position <= 0n ? START : { commit: position, prepare: position };
