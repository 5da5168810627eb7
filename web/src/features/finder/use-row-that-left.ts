import type { InteractionList } from '@ims/contracts/interactions/api';
import { useEffect, useRef } from 'react';

/** Remembers a row that is about to leave the page; once it has, the focus goes to the row in its place. */
export const useRowThatLeft = (
  list: InteractionList | undefined,
  focusRow: (id: string | undefined) => void,
): ((id: string) => void) => {
  const left = useRef<{ readonly id: string; readonly at: number }>(undefined);
  const latest = useRef(focusRow);
  useEffect(() => {
    latest.current = focusRow;
  });
  useEffect(() => {
    const row = left.current;
    if (!row || !list || list.interactions.some(({ id }) => id === row.id)) return;
    left.current = undefined;
    const next = list.interactions[Math.min(row.at, list.interactions.length - 1)];
    // The grid takes in the new rows first.
    const frame = requestAnimationFrame(() => latest.current(next?.id));
    return () => cancelAnimationFrame(frame);
  }, [list]);
  return (id) => {
    const at = list?.interactions.findIndex((row) => row.id === id) ?? -1;
    if (at >= 0) left.current = { id, at };
  };
};
