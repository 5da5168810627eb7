import { isRefusal, type Refusal, refusal } from '@ims/contracts/error-codes';
import type { DomainEvent } from '@ims/contracts/event-catalogue';
import type { EventMetadata, RecordedEvent } from '@ims/contracts/recorded-event';
import type { Codec } from '@ims/platform/event-log/codec';
import type { EventLog } from '@ims/platform/event-log/event-log';
import type { IfMatch } from '@ims/platform/http/etag';
import { Overloaded } from '@ims/platform/http/unavailable';
import type { Decision, Evolution, Happened } from './decider.ts';

/** Who asks, when, and what makes two requests the same one. `occurredAt` is ISO 8601, UTC. */
export type CommandContext = {
  readonly commandId: string;
  readonly requestHash: string;
  readonly actorId: string;
  readonly siteId?: string | undefined;
  readonly correlationId: string;
  readonly occurredAt: string;
  /** The revisions the caller takes for current; without it the command applies to whatever is. */
  readonly ifMatch?: IfMatch;
  readonly signal: AbortSignal;
};

export type Command<State, Event extends DomainEvent> = {
  readonly stream: string;
  /** True when the stream's id was made for this command, so that reading it first would find nothing. */
  readonly isNew?: boolean;
  readonly evolution: Evolution<State, Event>;
  readonly decide: (state: State) => Decision<Event>;
};

/** The state after the command, where it stands in stream and log, and whether it was done by an earlier request. */
export type Accepted<State> = {
  readonly state: State;
  readonly revision: number;
  /** Log position of the command's last event; 0n when there was nothing to do in an empty stream. */
  readonly position: bigint;
  readonly repeated: boolean;
};

export type Outcome<State> = Accepted<State> | Refusal;
export type HandleCommand = <State, Event extends DomainEvent>(
  command: Command<State, Event>,
  context: CommandContext,
) => Promise<Outcome<State>>;

type Folded<State> = { readonly state: State; readonly last: RecordedEvent<DomainEvent> | undefined };

/** Thrown when a command did not finish within its deadline; whether it was written is unknown, a retry finds out. */
export class CommandDeadlineExceeded extends Error {
  override readonly name = 'CommandDeadlineExceeded';
}

/**
 * The generic handler: read the stream, fold, decide, append at the revision that was read; when somebody else
 * appended meanwhile, all of it again. Nothing is kept between rounds, so a retry decides on fresh state.
 */
export const createCommandHandler = ({ log, codec }: { log: EventLog; codec: Codec }): HandleCommand => {
  /** A stream of another site reads as one that never was, as fast and without being opened. */
  const read = async (stream: string, siteId: string | undefined): Promise<readonly RecordedEvent<DomainEvent>[]> => {
    const logged = await log.readStream(stream, { siteId });
    return logged[0]?.metadata.siteId === siteId ? codec.openAll(logged) : [];
  };

  const append = async <Event extends DomainEvent>(
    stream: string,
    revision: number,
    events: readonly Event[],
    context: CommandContext,
    isFirstTry: boolean,
  ) => {
    const isNewStream = revision < 0;
    // After a conflict the subject may have a key although its stream is empty: an append that was cut off left it.
    const mayMakeKey = isNewStream && isFirstTry;
    const sealed = await codec.sealAll({ stream, isNewStream: mayMakeKey, events, metadata: metadataOf(context) });
    return log.append(
      {
        stream,
        expectedRevision: isNewStream ? 'no-stream' : revision,
        commandId: context.commandId,
        ...sealed,
      },
      { signal: context.signal },
    );
  };

  return async (command, context) => {
    let history = command.isNew ? [] : await read(command.stream, context.siteId);
    for (let round = 1; !context.signal.aborted; round += 1) {
      const earlier = repetition(history, command, context);
      if (earlier) return earlier;
      const { state, last } = fold(command.evolution, history);
      const revision = last?.revision ?? -1;
      if (last && !matches(context.ifMatch, revision)) return stale(last);
      const decision = command.decide(state);
      if (isRefusal(decision)) return decision;
      if (decision.length === 0) return { state, revision, position: last?.position ?? 0n, repeated: false };
      const result = await append(command.stream, revision, decision, context, round === 1);
      if (result.outcome === 'appended') {
        const metadata = metadataOf(context);
        const after = decision.reduce(
          (before, event) => command.evolution.evolve(before, { ...event, metadata }),
          state,
        );
        return { state: after, revision: result.revision, position: result.position, repeated: false };
      }
      if (result.outcome === 'repeated' && !isSameRequest(result, command, context)) return mismatch();
      history = await read(command.stream, context.siteId);
    }
    throw new CommandDeadlineExceeded(`The command on ${command.stream} did not finish in time`, {
      cause: new Overloaded('Others kept changing the same stream.'),
    });
  };
};

const metadataOf = (context: CommandContext): Omit<EventMetadata, 'eventId'> => ({
  commandId: context.commandId,
  requestHash: context.requestHash,
  occurredAt: context.occurredAt,
  actorId: context.actorId,
  ...(context.siteId === undefined ? {} : { siteId: context.siteId }),
  correlationId: context.correlationId,
  causationId: context.commandId,
});

/** A stream holds only events of its own kind, so what is read back is what its evolution folds. */
const fold = <State, Event extends DomainEvent>(
  { initialState, evolve }: Evolution<State, Event>,
  history: readonly RecordedEvent<DomainEvent>[],
): Folded<State> => ({
  state: history.reduce((state, event) => evolve(state, event as unknown as Happened<Event>), initialState),
  last: history.at(-1),
});

/** The answer to a request that was carried out before, refolded to the revision it had then. */
const repetition = <State, Event extends DomainEvent>(
  history: readonly RecordedEvent<DomainEvent>[],
  { evolution }: Command<State, Event>,
  { commandId, requestHash }: CommandContext,
): Outcome<State> | undefined => {
  const end = history.findLastIndex(({ metadata }) => metadata.commandId === commandId);
  const last = history[end];
  if (!last) return undefined;
  if (last.metadata.requestHash !== requestHash) return mismatch();
  const { state } = fold(evolution, history.slice(0, end + 1));
  return { state, revision: last.revision, position: last.position, repeated: true };
};

const isSameRequest = (
  earlier: { readonly stream: string; readonly requestHash: string },
  { stream }: { readonly stream: string },
  { requestHash }: CommandContext,
): boolean => earlier.stream === stream && earlier.requestHash === requestHash;

const matches = (ifMatch: IfMatch, revision: number): boolean =>
  ifMatch === undefined || ifMatch === 'any' || ifMatch.includes(revision);

const mismatch = (): Refusal =>
  refusal('IDEMPOTENCY_MISMATCH', 'This Idempotency-Key was used for a different request');

/** The record moved on since the caller saw it. */
const stale = ({ revision, metadata }: RecordedEvent): Refusal => ({
  ...refusal('PRECONDITION_FAILED', 'Somebody changed this record meanwhile'),
  current: { revision, updatedAt: metadata.occurredAt, updatedBy: metadata.actorId },
});
