import { streamId } from '@ims/contracts/ids';
import { inTransaction } from '@ims/platform/database/transaction';
import type { ReadTablesChanged } from '@ims/platform/messages/messages';
import { lockLease, moveCheckpoint } from './checkpoints.ts';
import { countParkedLately, insertDeadLetter, type LeftOut } from './dead-letters.ts';
import type { Page } from './event-feed.ts';
import { describeFailure, failureKind, ProjectionMustStop } from './failures.ts';
import { type FeedEvent, factsOf } from './feed-event.ts';
import { EventNotProjected } from './fold.ts';
import { about, announce, type Leadership } from './leadership.ts';
import { announcements, noSite, touchedBy, writeBatch } from './write-batch.ts';

/**
 * Writes a page as one batch. Where an event is in the way, the page is taken apart until that event is alone: its
 * stream is parked, everything else is written. Throws what is no event's fault, and ProjectionMustStop.
 */
export const projectPage = async (leading: Leadership, page: Page): Promise<void> => {
  try {
    await writePage(leading, page);
  } catch (error) {
    if (failureKind(error) !== 'event') throw error;
    const [event, ...others] = page.events;
    if (!event) throw error;
    if (others.length === 0) return park(leading, event, error);
    for (const part of takeApart(page, error)) await projectPage(leading, part);
  }
};

const writePage = async (leading: Leadership, page: Page): Promise<void> => {
  const { pool, projection, lease, partitions, signal } = leading;
  const { events, waiting } = setAside(page, leading.leftOut);
  const batch = { ...page, events };
  const touched = touchedBy(projection, batch);
  await partitions.ensure(touched, signal);
  const changes = await writeBatch(pool, projection, lease, {
    page: batch,
    touched,
    waiting,
    passed: page.events.length,
  });
  movedPast(leading, page);
  announce(leading, changes);
};

/** Only after the commit: the next batch starts from here. */
const movedPast = (leading: Leadership, { last, events }: Pick<Page, 'last' | 'events'>): void => {
  leading.lease = { ...leading.lease, position: last };
  const newest = events.at(-1);
  leading.pace.passed(events.length, newest && factsOf(newest).occurredAt);
  leading.progress.reach(last);
};

const setAside = ({ events }: Page, { parked, skipped }: LeftOut) => {
  if (parked.size === 0 && skipped.size === 0) return { events, waiting: new Map<string, number>() };
  const waiting = new Map<string, number>();
  const free = events.filter((event) => {
    const letter = parked.get(event.stream);
    if (letter !== undefined) waiting.set(letter, (waiting.get(letter) ?? 0) + 1);
    return letter === undefined && !skipped.has(factsOf(event).eventId);
  });
  return { events: free, waiting };
};

/** Around the event when it is known which one it is, else in halves. */
const takeApart = (page: Page, error: unknown): readonly Page[] => {
  const { events } = page;
  const at = error instanceof EventNotProjected ? events.indexOf(error.event) : -1;
  const cuts = at < 0 ? [Math.ceil(events.length / 2)] : [at, at + 1];
  const parts: Page[] = [];
  let after = page.after;
  for (const [index, from] of [0, ...cuts].entries()) {
    const some = events.slice(from, cuts[index] ?? events.length);
    const last = index === cuts.length ? page.last : some.at(-1)?.position;
    if (some.length === 0 || last === undefined) continue;
    parts.push({ ...page, after, last, events: some });
    after = last;
  }
  return parts;
};

const mostParkedInAMinute = 20;

/** Roles, sites and people: nobody may act on what is only half known of them. */
const canPark = ({ stream }: FeedEvent): boolean => stream.startsWith('interaction-');

/** The dead letter, and the checkpoint behind the event, in one transaction. */
const park = async (leading: Leadership, event: FeedEvent, cause: unknown): Promise<void> => {
  const { pool, projection, lease, logger } = leading;
  const error = describeFailure(cause);
  if (!canPark(event)) {
    throw new ProjectionMustStop(`Event ${event.position} (${event.type}) is in the way, and nothing may pass it`, {
      cause,
    });
  }
  const parked = await inTransaction(pool, async (client) => {
    await lockLease(client, projection, lease);
    if ((await countParkedLately(client, projection)) >= mostParkedInAMinute) {
      throw new ProjectionMustStop(`More than ${mostParkedInAMinute} records would be held within a minute`, { cause });
    }
    const id = await insertDeadLetter(client, projection, { event, error, waiting: 0 });
    const site = factsOf(event).siteId ?? noSite;
    const generations = await moveCheckpoint(
      client,
      projection,
      { position: event.position, events: 1 },
      new Map([[site, event.position]]),
    );
    return { id, changes: heldOrFree(leading, generations, event.stream) };
  });
  leading.leftOut.parked.set(event.stream, parked.id);
  movedPast(leading, { last: event.position, events: [event] });
  const { stream, position, type } = event;
  const facts = { ...about(projection), deadLetterId: parked.id, stream, position: String(position), type, error };
  logger.error({ operation: 'park', alert: true, ...facts }, 'A record is held: one of its events cannot be projected');
  announce(leading, parked.changes);
};

/** That a record is held, or no longer is, shows in the Finder. */
export const heldOrFree = (
  { projection }: Pick<Leadership, 'projection'>,
  generations: ReadonlyMap<string, bigint>,
  stream: string,
): readonly ReadTablesChanged[] => announcements(projection, generations, () => [streamId(stream)]);
