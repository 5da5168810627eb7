import { type Codec, UnreadableEvent } from '@ims/platform/event-log/codec';
import type { LoggedEvent } from '@ims/platform/event-log/event-log';
import type { ProjectedEvent, Projection } from './projection.ts';

/** In the place of an event that this version of IMS cannot read: what is known of it in clear. */
export type UnreadableInFeed = {
  readonly unreadable: UnreadableEvent;
  readonly type: string;
  readonly stream: string;
  readonly revision: number;
  readonly position: bigint;
  readonly eventId: string;
  readonly siteId: string | undefined;
  readonly occurredAt: string;
};

export type FeedEvent = ProjectedEvent | UnreadableInFeed;

export type OpenEvents = (events: readonly LoggedEvent[]) => Promise<readonly FeedEvent[]>;

export const isReadable = (event: FeedEvent): event is ProjectedEvent => !('unreadable' in event);

/** Opens events one by one: what cannot be read does not keep anybody from the rest. */
export const openWith =
  (codec: Pick<Codec, 'openEach'>): OpenEvents =>
  async (events) => {
    const opened = await codec.openEach(events);
    return opened.map((event, index) => (event instanceof UnreadableEvent ? inClear(event, events[index]) : event));
  };

const inClear = (unreadable: UnreadableEvent, logged: LoggedEvent | undefined): UnreadableInFeed => {
  if (!logged) throw unreadable;
  const { type, stream, revision, position, metadata } = logged;
  const { eventId, siteId, occurredAt } = metadata;
  return { unreadable, type, stream, revision, position, eventId, siteId, occurredAt };
};

/** What an event is known by, readable or not. */
export const factsOf = (event: FeedEvent) => {
  const { eventId, siteId, occurredAt } = isReadable(event) ? event.metadata : event;
  return { eventId, siteId, occurredAt };
};

const kindOfStream = (stream: string): string => stream.split('-', 1)[0] ?? stream;

/** `InteractionCreated` → `interaction`: every event is named after the kind of stream that it stands in. */
const kindOfType = (type: string): string => {
  if (type.startsWith('Operation')) return 'operations';
  return /^[A-Z][a-z]+/.exec(type)?.[0].toLowerCase() ?? type;
};

/**
 * True when an event that cannot be read might belong into the projection's tables: what it says is not known, so
 * every projection that takes events of that kind of stream must not go past it.
 */
export const couldConcern = ({ tables }: Projection, event: FeedEvent): boolean =>
  tables.some(
    ({ on, onlySite }) =>
      (onlySite === undefined || factsOf(event).siteId === onlySite) &&
      Object.keys(on).some((type) => kindOfType(type) === kindOfStream(event.stream)),
  );
