import { z } from 'zod';
import { Uuid } from './ids.ts';

/**
 * What is known of every event in clear; nothing else stands beside the sealed content.
 * `occurredAt` is the command's instant (ISO 8601, UTC). `siteId` is missing for events without a site.
 */
export const EventMetadata = z.strictObject({
  eventId: Uuid,
  commandId: Uuid,
  requestHash: z.string().max(64),
  occurredAt: z.iso.datetime(),
  actorId: Uuid,
  siteId: Uuid.optional(),
  correlationId: z.string().max(128),
  causationId: z.string().max(128),
});
export type EventMetadata = z.infer<typeof EventMetadata>;

/** An event as a decider returns it: a fact, not yet written. */
export type NewEvent<Type extends string = string, Data = unknown> = { readonly type: Type; readonly data: Data };

/**
 * An event as it is read back. `position` is its place in the whole log (commit order, from 1),
 * `revision` its place in its stream (from 0). `erased` is true when the key of its subject was deleted:
 * then the sealed fields are missing from `data`.
 */
export type RecordedEvent<Event extends NewEvent = NewEvent> = Event & {
  readonly stream: string;
  readonly revision: number;
  readonly position: bigint;
  readonly schemaVersion: number;
  readonly metadata: EventMetadata;
  readonly erased: boolean;
};
