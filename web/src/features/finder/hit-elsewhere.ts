import type { Interaction } from '@ims/contracts/interactions/api';
import { hasMatch } from '#ui/match.ts';

const seen = ['title', 'type', 'lead', 'location'] as const;

/** Where a search has hit when no cell on screen shows it: `notes` or `description`. */
export const hitElsewhere = (row: Interaction, words: readonly string[]): 'notes' | 'description' | undefined => {
  if (words.length === 0 || seen.some((field) => hasMatch(row[field], words))) return undefined;
  if (hasMatch(row.notes, words)) return 'notes';
  return hasMatch(row.description, words) ? 'description' : undefined;
};
