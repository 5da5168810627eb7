/** What inviting, accepting and withdrawing one person hold on to (`OneAtATime`). */
export const invitationOf = (userId: string): string => `invitation of ${userId}`;
