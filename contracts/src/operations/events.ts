import { z } from 'zod';
import { Uuid } from '../ids.ts';
import type { NewEvent } from '../recorded-event.ts';

/** What an operator may ask of the projector. */
export const operations = [
  'rebuild',
  'pause',
  'resume',
  'switch',
  'rollback',
  'verify',
  'drop',
  'retry-dead-letter',
  'skip-dead-letter',
] as const;
export const Operation = z.enum(operations);
export type Operation = z.infer<typeof Operation>;

/** Somebody asked for an operation; the request's row says what became of it. `projection` may be `all`. */
export const OperationRequested = z.strictObject({
  requestId: Uuid,
  operation: Operation,
  projection: z.string(),
  siteId: Uuid.optional(),
  version: z.number().int().min(1).optional(),
  deadLetterId: Uuid.optional(),
  throttle: z.number().int().min(1).optional(),
  dryRun: z.boolean().optional(),
});

export type OperationsEvent = NewEvent<'OperationRequested', z.infer<typeof OperationRequested>>;

/** The actor of what was asked on the command line, where nobody signs in. */
export const commandLineActorId = '00000000-0000-8000-8000-0000636f6d64';
