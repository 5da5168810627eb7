import type { InteractionStatus } from '@ims/contracts/interactions/lifecycle';

/** What a person does when they move an interaction from one status to another. */
export const statusVerb = (from: InteractionStatus, to: InteractionStatus): string => {
  if (to === 'active') return 'Activate';
  if (to === 'archived') return 'Archive';
  if (to === 'draft') return 'Back to draft';
  if (to === 'incomplete') return 'Mark incomplete';
  if (from === 'active') return 'Deactivate';
  return from === 'archived' ? 'Unarchive' : 'Complete';
};
