import { UnreadableEvent } from '@ims/platform/event-log/codec';
import pg from 'pg';
import { Fenced } from './checkpoints.ts';
import { EventNotProjected } from './fold.ts';

/** Thrown when the checkpoint is ahead of the log: the log was restored to an earlier state, the read tables were not. */
export class CheckpointAheadOfLog extends Error {
  override readonly name = 'CheckpointAheadOfLog';
}

/**
 * `lease-lost`: somebody else writes this projection. `event`: no retry cures it (a handler, an unreadable event, or a
 * value that the database refuses, SQLSTATE classes 22 and 23). `log-behind`: only a rebuild cures it.
 * `environment`: connection, disk, deadlock and the like; it passes.
 */
export type FailureKind = 'lease-lost' | 'event' | 'log-behind' | 'environment';

export const failureKind = (error: unknown): FailureKind => {
  if (error instanceof Fenced) return 'lease-lost';
  if (error instanceof CheckpointAheadOfLog) return 'log-behind';
  if (error instanceof EventNotProjected || error instanceof UnreadableEvent) return 'event';
  if (error instanceof pg.DatabaseError && /^2[23]/.test(error.code ?? '')) return 'event';
  return 'environment';
};
