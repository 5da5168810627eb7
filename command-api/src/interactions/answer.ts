import type { Interaction as InteractionAnswer } from '@ims/contracts/interactions/api';
import { type DisplayNames, unknownPerson } from '@ims/platform/identity/display-names';
import type { Interaction } from './interaction.ts';

/** The record as an answer shows it, names of people included; undefined for one that never was or is purged. */
export const toAnswer = async (
  id: string,
  { state, revision }: { readonly state: Interaction; readonly revision: number },
  names: DisplayNames,
): Promise<InteractionAnswer | undefined> => {
  if (state.situation === 'unknown' || state.situation === 'purged') return undefined;
  const { siteId, content, status, created, updated } = state;
  const { start, end, ...texts } = content;
  const known = await names.read([created.by, updated.by]);
  const person = (userId: string) => ({ id: userId, displayName: known.get(userId) ?? unknownPerson });
  return {
    id,
    siteId,
    ...texts,
    startDateTime: start?.local ?? null,
    endDateTime: end?.local ?? null,
    startUtc: start?.instant ?? null,
    endUtc: end?.instant ?? null,
    status,
    revision,
    createdBy: person(created.by),
    createdAt: created.at,
    updatedBy: person(updated.by),
    updatedAt: updated.at,
  };
};
