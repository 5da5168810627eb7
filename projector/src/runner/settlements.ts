import type { SettleHow, Settlement } from './settle.ts';

type Asked = {
  readonly deadLetterId: string;
  readonly how: SettleHow;
  readonly resolve: (settlement: Settlement) => void;
  readonly reject: (error: unknown) => void;
};

/** Dead letters that somebody wants settled; their turn comes between batches, while the projection is led here. */
export type Settlements = {
  ask(deadLetterId: string, how: SettleHow): Promise<Settlement>;
  /** From now on questions are taken. */
  open(): void;
  /** Answers everything asked so far. Rejects where `settle` does, and so does the answer. */
  answer(settle: (deadLetterId: string, how: SettleHow) => Promise<Settlement>): Promise<void>;
  /** Nobody leads here any more: who waits is told. */
  close(): void;
};

/** `wake` is called when there is something to answer. */
export const createSettlements = (wake: () => void): Settlements => {
  let isOpen = false;
  let asked: Asked[] = [];
  return {
    ask: (deadLetterId, how) => {
      if (!isOpen) return Promise.resolve('not-leading');
      return new Promise((resolve, reject) => {
        asked.push({ deadLetterId, how, resolve, reject });
        wake();
      });
    },
    open: () => {
      isOpen = true;
    },
    answer: async (settle) => {
      for (let next = asked.shift(); next; next = asked.shift()) {
        try {
          next.resolve(await settle(next.deadLetterId, next.how));
        } catch (error) {
          next.reject(error);
          throw error;
        }
      }
    },
    close: () => {
      isOpen = false;
      for (const { resolve } of asked) resolve('not-leading');
      asked = [];
    },
  };
};
