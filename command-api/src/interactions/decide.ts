import { type ErrorDetail, isRefusal, type Refusal, refusal } from '@ims/contracts/error-codes';
import type { InteractionContent, InteractionEvent } from '@ims/contracts/interactions/events';
import {
  type CompleteInteraction,
  interactionFields,
  requiredInteractionFields,
  type SomeInteractionFields,
} from '@ims/contracts/interactions/fields';
import { canMove, type InteractionStatus, mayMissFields } from '@ims/contracts/interactions/lifecycle';
import type { Decision } from '../command-handling/decider.ts';
import type { Interaction, RecordedInteraction } from './interaction.ts';
import { resolveTimes } from './resolve-times.ts';

/** What decisions need to know of the world around the record; it comes in with the command. */
export type Surroundings = { readonly interactionTypes: readonly string[]; readonly tzData: string };

type InteractionDecision = Decision<InteractionEvent>;

const emptyContent: InteractionContent = {
  title: '',
  type: '',
  lead: '',
  start: null,
  end: null,
  timezone: '',
  location: '',
  description: '',
  notes: '',
};

export const createInteraction = (
  interaction: Interaction,
  command: { readonly fields: SomeInteractionFields; readonly status: 'draft' | 'complete' } & Surroundings,
): InteractionDecision => {
  if (interaction.situation !== 'unknown') return refusal('CONFLICT', 'This interaction exists already');
  const content = applyFields(emptyContent, command.fields, command);
  if (isRefusal(content)) return content;
  const missing = missingFields(content, command.status);
  if (missing) return missing;
  return [{ type: 'InteractionCreated', data: { ...content, status: command.status } }];
};

/** Changes some fields. A draft that still misses required fields afterwards becomes incomplete. */
export const updateInteraction = (
  interaction: Interaction,
  command: { readonly fields: SomeInteractionFields } & Surroundings,
): InteractionDecision => {
  const recorded = editable(interaction);
  if (isRefusal(recorded)) return recorded;
  const content = applyFields(recorded.content, command.fields, command);
  if (isRefusal(content)) return content;
  const missing = missingFields(content, recorded.status);
  if (missing) return missing;
  const stillMisses = recorded.status === 'draft' && missingFields(content, 'complete') !== undefined;
  const updated = changed(recorded.content, content);
  return stillMisses && updated.length > 0 ? [...updated, statusChanged('incomplete')] : updated;
};

/** Gives every field a value at once; for a draft or incomplete record that is its submission. */
export const replaceInteraction = (
  interaction: Interaction,
  command: { readonly fields: CompleteInteraction } & Surroundings,
): InteractionDecision => {
  const recorded = editable(interaction);
  if (isRefusal(recorded)) return recorded;
  const content = applyFields(recorded.content, command.fields, command);
  if (isRefusal(content)) return content;
  const missing = missingFields(content, 'complete');
  if (missing) return missing;
  const updated = changed(recorded.content, content);
  return mayMissFields(recorded.status) ? [...updated, statusChanged('complete')] : updated;
};

export const changeStatus = (
  interaction: Interaction,
  command: { readonly status: InteractionStatus },
): InteractionDecision => {
  const recorded = editable(interaction);
  if (isRefusal(recorded)) return recorded;
  if (!canMove(recorded.status, command.status)) {
    return refusal(
      'INVALID_TRANSITION',
      `This interaction is ${recorded.status} and cannot become ${command.status} from there`,
      [{ field: 'status', message: `The current status is ${recorded.status}` }],
    );
  }
  return missingFields(recorded.content, command.status) ?? [statusChanged(command.status)];
};

/** Moves the record to the bin; one that is there already stays there. */
export const deleteInteraction = (interaction: Interaction): InteractionDecision => {
  if (interaction.situation === 'binned') return [];
  const recorded = editable(interaction);
  return isRefusal(recorded) ? recorded : [{ type: 'InteractionDeleted', data: {} }];
};

/** Brings the record back from the bin, in the status it had; one that is not in the bin stays as it is. */
export const restoreInteraction = (interaction: Interaction): InteractionDecision => {
  if (interaction.situation === 'recorded') return [];
  if (interaction.situation !== 'binned') return notFound();
  return [{ type: 'InteractionRestored', data: {} }];
};

const notFound = (): Refusal => refusal('RESOURCE_NOT_FOUND', 'There is no such interaction on this site');

const editable = (interaction: Interaction): RecordedInteraction | Refusal => {
  if (interaction.situation === 'recorded') return interaction;
  if (interaction.situation === 'binned') {
    return refusal('CONFLICT', 'This interaction is in the bin; restore it to change it');
  }
  return notFound();
};

const statusChanged = (status: InteractionStatus): InteractionEvent => ({
  type: 'InteractionStatusChanged',
  data: { status },
});

const applyFields = (
  content: InteractionContent,
  fields: SomeInteractionFields,
  { interactionTypes, tzData }: Surroundings,
): InteractionContent | Refusal => {
  const { startDateTime, endDateTime, ...texts } = fields;
  const given = Object.fromEntries(Object.entries(texts).filter(([, value]) => value !== undefined));
  const withTexts: InteractionContent = { ...content, ...given };
  if (withTexts.type !== content.type && withTexts.type !== '' && !interactionTypes.includes(withTexts.type)) {
    return refusal('VALIDATION_ERROR', `“${withTexts.type}” is not a type of this site`, [
      { field: 'type', message: `Type must be one of: ${interactionTypes.join(', ')}` },
    ]);
  }
  return resolveTimes(withTexts, content, { startDateTime, endDateTime, tzData });
};

const missingFields = (content: InteractionContent, status: InteractionStatus): Refusal | undefined => {
  if (mayMissFields(status)) return undefined;
  const details = requiredInteractionFields.flatMap((field): ErrorDetail[] => {
    const value = contentOf(content, field);
    return value ? [] : [{ field, message: requiredMessage(field) }];
  });
  return details.length === 0 ? undefined : refusal('VALIDATION_ERROR', 'Some fields are still missing', details);
};

const requiredMessage = (field: (typeof requiredInteractionFields)[number]): string =>
  interactionFields[field].safeParse(undefined).error?.issues[0]?.message ?? `${field} is required`;

const contentOf = (content: InteractionContent, field: (typeof requiredInteractionFields)[number]): unknown => {
  if (field === 'startDateTime') return content.start;
  if (field === 'endDateTime') return content.end;
  return content[field];
};

const changed = (before: InteractionContent, after: InteractionContent): readonly InteractionEvent[] => {
  const names = Object.keys(after) as (keyof InteractionContent)[];
  const differing = names.filter((name) => !sameValue(before[name], after[name]));
  if (differing.length === 0) return [];
  return [{ type: 'InteractionUpdated', data: Object.fromEntries(differing.map((name) => [name, after[name]])) }];
};

const sameValue = (
  before: InteractionContent[keyof InteractionContent],
  after: InteractionContent[keyof InteractionContent],
): boolean => {
  if (typeof before === 'string' || typeof after === 'string' || !before || !after) return before === after;
  return before.local === after.local && before.offset === after.offset && before.instant === after.instant;
};
