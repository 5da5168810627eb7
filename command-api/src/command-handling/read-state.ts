import { isRefusal } from '@ims/contracts/error-codes';
import type { DomainEvent } from '@ims/contracts/event-catalogue';
import { timeOrderedUuid } from '@ims/platform/event-log/derived-ids';
import type { Evolution } from './decider.ts';
import type { CommandContext, HandleCommand } from './handle-command.ts';

export type Reading<State, Event extends DomainEvent> = {
  readonly stream: string;
  readonly evolution: Evolution<State, Event>;
  /** For streams of a site: one of another site reads as one that never was. */
  readonly siteId?: string;
};

/** The state of a stream now, as a fact for a decision about another one. */
export type ReadState = <State, Event extends DomainEvent>(
  reading: Reading<State, Event>,
  context: CommandContext,
) => Promise<State>;

/** A command that never decides anything: it has an id of its own, or a retry would read what its first try left. */
export const createReadState =
  (handle: HandleCommand): ReadState =>
  async ({ stream, evolution, siteId }, context) => {
    const asking = { ...context, commandId: timeOrderedUuid(), ifMatch: undefined, siteId };
    const outcome = await handle({ stream, evolution, decide: () => [] }, asking);
    if (isRefusal(outcome)) throw new Error(`${stream} could not be read: ${outcome.message}`);
    return outcome.state;
  };
