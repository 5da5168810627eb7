import { UnreadableEvent } from '@ims/platform/event-log/codec';
import pg from 'pg';
import { Fenced } from './checkpoints.ts';
import { EventNotProjected, RowNotCounted } from './fold.ts';

/** Thrown when the checkpoint is ahead of the log: the log was restored to an earlier state, the read tables were not. */
export class CheckpointAheadOfLog extends Error {
  override readonly name = 'CheckpointAheadOfLog';
}

/** Thrown when the checkpoint counts positions of another life of the log: it was imported or restored since. */
export class CheckpointOfAnotherEpoch extends Error {
  override readonly name = 'CheckpointOfAnotherEpoch';
}

/** Thrown when going on would harm more than standing still: an event that nobody may miss, or too many records held. */
export class ProjectionMustStop extends Error {
  override readonly name = 'ProjectionMustStop';
}

/**
 * `lease-lost`: somebody else writes this projection. `event`: no retry cures it (a handler, an unreadable event, or a
 * value that the database refuses). `must-stop`: only an operator cures it. `log-behind`: only a rebuild cures it.
 * `environment`: connection, disk, deadlock and the like; it passes.
 */
export type FailureKind = 'lease-lost' | 'event' | 'must-stop' | 'log-behind' | 'environment';

export const failureKind = (error: unknown): FailureKind => {
  if (error instanceof Fenced) return 'lease-lost';
  if (error instanceof CheckpointAheadOfLog || error instanceof CheckpointOfAnotherEpoch) return 'log-behind';
  if (error instanceof ProjectionMustStop) return 'must-stop';
  if (error instanceof EventNotProjected || error instanceof UnreadableEvent) return 'event';
  if (error instanceof RowNotCounted || isRefusedValue(error)) return 'event';
  return 'environment';
};

/** Classes 22 (data exception) and 23 (integrity), and 54000: a value that is too large for an index or the search vector. */
const isRefusedValue = (error: unknown): error is pg.DatabaseError =>
  error instanceof pg.DatabaseError && /^(2[23]...|54000)$/.test(error.code ?? '');

/**
 * What went wrong, for operators and logs: never what stood in the event. PostgreSQL's message quotes the value that it
 * refused, a handler's or parser's message may hold anything, so of those only the code, the names and the class stay.
 */
export const describeFailure = (error: unknown): string => {
  if (!(error instanceof Error)) return 'Something was thrown that is no error';
  if (isRefusedValue(error)) return describeRefusedValue(error);
  if (error instanceof EventNotProjected) {
    return error.cause instanceof UnreadableEvent ? error.cause.message : `${error.message}: ${classOf(error.cause)}`;
  }
  if (error instanceof RowNotCounted) return `${error.message}: ${classOf(error.cause)}`;
  if (error instanceof UnreadableEvent) return error.message;
  if (!isOwnSentence(error)) return classOf(error);
  return hasCode(error.cause) || error instanceof ProjectionMustStop
    ? `${error.message}: ${describeFailure(error.cause)}`
    : error.message;
};

const describeRefusedValue = ({ code, constraint, column, table }: pg.DatabaseError): string => {
  const named = Object.entries({ constraint, column, table }).filter(([, name]) => name !== undefined);
  const places = named.map(([what, name]) => `, ${what} ${name}`).join('');
  return `The database refused a value: SQLSTATE ${code}${places}`;
};

const classOf = (error: unknown): string => (error instanceof Error ? error.name : 'something that is no error');

const hasCode = (error: unknown): boolean => error instanceof Error && 'code' in error;

/** Sentences of ours, of PostgreSQL about its own state, and of sockets; parsers and schemas quote what they were given. */
const isOwnSentence = (error: Error): boolean => error.name !== 'ZodError' && !(error instanceof SyntaxError);
