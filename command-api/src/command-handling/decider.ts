import type { Refusal } from '@ims/contracts/error-codes';
import type { EventMetadata, NewEvent } from '@ims/contracts/recorded-event';

/** An event as `evolve` sees it: recorded, or just decided and about to be. */
export type Happened<Event extends NewEvent> = Event & {
  readonly metadata: Pick<EventMetadata, 'actorId' | 'occurredAt' | 'siteId'>;
};

/** What a decider answers: the facts that follow (none: nothing to do), or why not. */
export type Decision<Event extends NewEvent> = readonly Event[] | Refusal;

/** How one kind of stream is folded into the state that decisions need. */
export type Evolution<State, Event extends NewEvent> = {
  readonly initialState: State;
  readonly evolve: (state: State, event: Happened<Event>) => State;
};
