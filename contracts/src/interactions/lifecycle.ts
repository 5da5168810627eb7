import { z } from 'zod';

/** The statuses of an interaction, in the order of its life. */
export const interactionStatuses = ['draft', 'incomplete', 'complete', 'active', 'archived'] as const;
export const InteractionStatus = z.enum(interactionStatuses, {
  error: 'Status must be draft, incomplete, complete, active or archived',
});
export type InteractionStatus = z.infer<typeof InteractionStatus>;

/** From each status, the statuses that a person may choose next (`2-domain.md`, Lifecycle). */
export const statusTransitions: Readonly<Record<InteractionStatus, readonly InteractionStatus[]>> = {
  draft: ['incomplete', 'complete'],
  incomplete: ['draft', 'complete'],
  complete: ['active', 'archived'],
  active: ['complete', 'archived'],
  archived: ['complete'],
};

/** True when the lifecycle has an arrow between the two statuses. */
export const canMove = (from: InteractionStatus, to: InteractionStatus): boolean =>
  statusTransitions[from].includes(to);

/** True for the statuses in which required fields may still be missing. */
export const mayMissFields = (status: InteractionStatus): boolean => status === 'draft' || status === 'incomplete';
