import { interactionStream } from '@ims/contracts/ids';
import type { LoggedEvent } from '@ims/platform/event-log/event-log';
import type { Operation, Violation } from './history.ts';

export type LogEvent = Pick<LoggedEvent, 'stream' | 'revision' | 'position'> & {
  readonly metadata: Pick<LoggedEvent['metadata'], 'commandId' | 'eventId'>;
};

/** What callers were told, held against what stands in the log. */
export const checkOperations = (
  operations: readonly Operation[],
  events: readonly LogEvent[],
): readonly Violation[] => {
  const ofCommand = new Map<string, LogEvent[]>();
  for (const event of events) {
    const found = ofCommand.get(event.metadata.commandId);
    if (found) found.push(event);
    else ofCommand.set(event.metadata.commandId, [event]);
  }
  return operations.flatMap((operation) => checkOperation(operation, ofCommand.get(operation.commandId) ?? []));
};

const checkOperation = (operation: Operation, events: readonly LogEvent[]): readonly Violation[] => {
  const { commandId, outcome, kind, recordId = '', revision } = operation;
  const say = (rule: string, what: string): readonly Violation[] => [{ rule, what: `${kind} ${commandId}: ${what}` }];
  const [event] = events;
  if (events.length > 1) return say('none applied twice', `${events.length} events`);
  if (outcome === 'acknowledged' && !event) return say('no acknowledged command lost', 'no event in the log');
  if (outcome === 'refused' && event) return say('a refusal changes nothing', `event ${event.position}`);
  if (outcome !== 'acknowledged' || !event) return [];
  if (event.stream === interactionStream(recordId) && event.revision === revision) return [];
  return say(
    'the answer is what happened',
    `answered ${recordId}/${revision}, in the log ${event.stream}/${event.revision}`,
  );
};

/** Revisions of every stream without a gap, positions growing, every event once. */
export const checkLog = (events: readonly LogEvent[]): readonly Violation[] => {
  const violations: Violation[] = [];
  const revisions = new Map<string, number>();
  const ids = new Set<string>();
  let last = 0n;
  for (const { stream, revision, position, metadata } of events) {
    const expected = (revisions.get(stream) ?? -1) + 1;
    const what = `${stream}/${revision} at ${position}`;
    if (revision !== expected) violations.push({ rule: 'revisions of a stream contiguous', what });
    if (position <= last) violations.push({ rule: 'positions grow', what });
    if (ids.has(metadata.eventId)) violations.push({ rule: 'every event once', what });
    revisions.set(stream, revision);
    ids.add(metadata.eventId);
    last = position;
  }
  return violations;
};

/** What a reader that follows the log by position was shown, held against the whole log. */
export const checkFollower = (shown: readonly LogEvent[], events: readonly LogEvent[]): readonly Violation[] => {
  const rule = 'global order = commit order';
  const seen = new Set(shown.map(({ metadata }) => metadata.eventId));
  const skipped = events.filter(({ metadata }) => !seen.has(metadata.eventId));
  const inverted = shown.filter(({ position }, at) => at > 0 && position <= (shown[at - 1]?.position ?? 0n));
  return [
    ...skipped.map(({ position }) => ({ rule, what: `event ${position} was never shown to a reader` })),
    ...inverted.map(({ position }) => ({ rule, what: `event ${position} was shown after a later one` })),
  ];
};
