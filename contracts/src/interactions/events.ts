import { z } from 'zod';
import type { NewEvent } from '../recorded-event.ts';
import { InteractionStatus } from './lifecycle.ts';

/**
 * One end of an interaction as it was meant: wall time in a zone, the offset that was chosen for it,
 * the instant derived from both, and the tz data that said so (`2-domain.md`, Time).
 * A draft without a time zone has a wall time alone: offset, instant and tzData are null until the zone is known.
 */
export const ResolvedTime = z.strictObject({
  local: z.string(),
  offset: z.string().nullable(),
  instant: z.string().nullable(),
  tzData: z.string().nullable(),
});
export type ResolvedTime = z.infer<typeof ResolvedTime>;

/** Content of an interaction in its events. Empty text means "not filled in"; times are null until known. */
export const InteractionContent = z.strictObject({
  title: z.string(),
  type: z.string(),
  lead: z.string(),
  start: ResolvedTime.nullable(),
  end: ResolvedTime.nullable(),
  timezone: z.string(),
  location: z.string(),
  description: z.string(),
  notes: z.string(),
});
export type InteractionContent = z.infer<typeof InteractionContent>;

export const InteractionCreated = z.strictObject({ ...InteractionContent.shape, status: InteractionStatus });
/** The new values of the changed fields only; whoever reads the stream derives "before". */
export const InteractionUpdated = InteractionContent.partial();
export const InteractionStatusChanged = z.strictObject({ status: InteractionStatus });
export const InteractionDeleted = z.strictObject({});
export const InteractionRestored = z.strictObject({});
export const InteractionPurged = z.strictObject({});

/** The fields that stand in the sealed part of an interaction's events. */
export const sealedInteractionFields = ['title', 'lead', 'location', 'description', 'notes'] as const;

export type InteractionEvent =
  | NewEvent<'InteractionCreated', z.infer<typeof InteractionCreated>>
  | NewEvent<'InteractionUpdated', z.infer<typeof InteractionUpdated>>
  | NewEvent<'InteractionStatusChanged', z.infer<typeof InteractionStatusChanged>>
  | NewEvent<'InteractionDeleted', z.infer<typeof InteractionDeleted>>
  | NewEvent<'InteractionRestored', z.infer<typeof InteractionRestored>>
  | NewEvent<'InteractionPurged', z.infer<typeof InteractionPurged>>;
