/** The processes of one service: who is asked next. */
export type Upstreams = {
  readonly all: readonly string[];
  /** Everybody in turn, those that lately could not be reached last; the first is the one to ask. */
  inTurn(): readonly string[];
  /** Not to be asked first for the next second. */
  unreachable(address: string): void;
};

const restMs = 1_000;

/** Round robin over addresses, around those that were just found dead. */
export const createUpstreams = (all: readonly string[], now: () => number = Date.now): Upstreams => {
  const restsUntil = new Map<string, number>();
  let turn = 0;
  return {
    all,
    inTurn: () => {
      turn = (turn + 1) % all.length;
      const ordered = [...all.slice(turn), ...all.slice(0, turn)];
      const at = now();
      const rests = (address: string): boolean => (restsUntil.get(address) ?? 0) > at;
      return [...ordered.filter((one) => !rests(one)), ...ordered.filter(rests)];
    },
    unreachable: (address) => {
      restsUntil.set(address, now() + restMs);
    },
  };
};
