import type { Messages, ReadTablesChanged } from './messages.ts';

export type Heard = { readonly changes: ReadTablesChanged[]; readonly gaps: () => number; readonly end: () => void };

/** Collects what a subscriber hears; `until` resolves on the message that makes the condition true. */
export const hear = (messages: Messages): Heard & { until(condition: (heard: Heard) => boolean): Promise<void> } => {
  const changes: ReadTablesChanged[] = [];
  const waiting = new Set<() => void>();
  let gaps = 0;
  const wake = (): void => {
    for (const check of [...waiting]) check();
  };
  const end = messages.subscribe({
    changed: (change) => {
      changes.push(change);
      wake();
    },
    gap: () => {
      gaps += 1;
      wake();
    },
  });
  const heard: Heard = { changes, gaps: () => gaps, end };
  const until = (condition: (heard: Heard) => boolean): Promise<void> =>
    new Promise((resolve) => {
      const check = (): void => {
        if (!condition(heard)) return;
        waiting.delete(check);
        resolve();
      };
      waiting.add(check);
      check();
    });
  return { ...heard, until };
};
