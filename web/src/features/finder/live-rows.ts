import type { Interaction, InteractionList } from '@ims/contracts/interactions/api';

export type LiveRows = {
  /** What to show now: nothing on screen moves. */
  readonly list: InteractionList;
  /** How many rows would come in if the newer page were shown (0: rows would only move); nothing when none would. */
  readonly incoming: number | undefined;
};

const isSameOrder = (one: readonly Interaction[], other: readonly Interaction[]): boolean =>
  one.length === other.length && one.every(({ id }, at) => id === other[at]?.id);

/** Brings newer values into the rows on screen without moving any; what would move them is only counted. */
export const mergeLive = (shown: InteractionList, fresh: InteractionList): LiveRows => {
  const isNothingShown = shown.interactions.length === 0;
  if (isNothingShown || isSameOrder(shown.interactions, fresh.interactions))
    return { list: fresh, incoming: undefined };
  const newer = new Map(fresh.interactions.map((row) => [row.id, row]));
  const isShown = new Set(shown.interactions.map(({ id }) => id));
  const incoming = fresh.interactions.filter(({ id }) => !isShown.has(id)).length;
  return {
    list: { ...shown, interactions: shown.interactions.map((row) => newer.get(row.id) ?? row) },
    incoming,
  };
};
