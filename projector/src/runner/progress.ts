/** How far something has come, for those who wait for it. */
export type Progress = {
  readonly position: () => bigint;
  reach(position: bigint): void;
  /** Resolves once the position is reached; rejects when the progress ends for good before that. */
  until(position: bigint): Promise<void>;
  /** Nothing more will come: rejects everybody who waits, now and until it begins again. */
  end(reason: Error): void;
  begin(): void;
};

type Waiter = { readonly position: bigint; readonly resolve: () => void; readonly reject: (reason: Error) => void };

export const createProgress = (): Progress => {
  let reached = 0n;
  let ended: Error | undefined;
  let waiting: Waiter[] = [];
  return {
    position: () => reached,
    reach: (position) => {
      // Not the greater of both: after a restored backup the checkpoint may be lower than it was.
      reached = position;
      for (const waiter of waiting.filter((one) => one.position <= reached)) waiter.resolve();
      waiting = waiting.filter((one) => one.position > reached);
    },
    until: (position) => {
      if (position <= reached) return Promise.resolve();
      if (ended) return Promise.reject(ended);
      return new Promise((resolve, reject) => waiting.push({ position, resolve, reject }));
    },
    end: (reason) => {
      ended = reason;
      for (const waiter of waiting) waiter.reject(reason);
      waiting = [];
    },
    begin: () => {
      ended = undefined;
    },
  };
};
