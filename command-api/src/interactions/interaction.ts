import type { InteractionContent, InteractionEvent } from '@ims/contracts/interactions/events';
import type { InteractionStatus } from '@ims/contracts/interactions/lifecycle';
import type { Evolution, Happened } from '../command-handling/decider.ts';

type Mark = { readonly by: string; readonly at: string };

export type RecordedInteraction = {
  readonly siteId: string;
  readonly content: InteractionContent;
  readonly status: InteractionStatus;
  readonly created: Mark;
  readonly updated: Mark;
};

/** The situations an interaction can be in. */
export type Interaction =
  | { readonly situation: 'unknown' }
  | ({ readonly situation: 'recorded' } & RecordedInteraction)
  | ({ readonly situation: 'binned'; readonly deleted: Mark } & RecordedInteraction)
  | { readonly situation: 'purged' };

const mark = ({ metadata }: Happened<InteractionEvent>): Mark => ({ by: metadata.actorId, at: metadata.occurredAt });

const evolve = (state: Interaction, event: Happened<InteractionEvent>): Interaction => {
  if (event.type === 'InteractionCreated') {
    const { status, ...content } = event.data;
    const created = mark(event);
    return {
      situation: 'recorded',
      siteId: event.metadata.siteId ?? '',
      content,
      status,
      created,
      updated: created,
    };
  }
  if (state.situation === 'unknown' || state.situation === 'purged') return state;
  const updated = mark(event);
  switch (event.type) {
    case 'InteractionUpdated':
      return { ...state, content: withChanges(state.content, event.data), updated };
    case 'InteractionStatusChanged':
      return { ...state, status: event.data.status, updated };
    case 'InteractionDeleted':
      return { ...state, situation: 'binned', deleted: updated, updated };
    case 'InteractionRestored': {
      const { siteId, content, status, created } = state;
      return { situation: 'recorded', siteId, content, status, created, updated };
    }
    case 'InteractionPurged':
      return { situation: 'purged' };
    default:
      return event satisfies never;
  }
};

const withChanges = (
  content: InteractionContent,
  changes: { readonly [Field in keyof InteractionContent]?: InteractionContent[Field] | undefined },
): InteractionContent => ({
  ...content,
  ...(Object.fromEntries(
    Object.entries(changes).filter(([, value]) => value !== undefined),
  ) as Partial<InteractionContent>),
});

export const interactionEvolution: Evolution<Interaction, InteractionEvent> = {
  initialState: { situation: 'unknown' },
  evolve,
};
