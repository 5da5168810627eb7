import { isRefusal, type Refusal, refusal } from '@ims/contracts/error-codes';
import { type ConsistencyToken, parseConsistencyToken } from '@ims/platform/http/consistency-token';
import type { ProjectionName, ReadState } from './read-state.ts';
import type { ReadAnswer } from './snapshot.ts';

/** Where the log is: what a token can be compared with. */
export type LogHead = { headPosition(): Promise<bigint>; epoch(): Promise<number> };

export type ReadYourWrites = {
  /**
   * Answers what `read` reads, once the projections it reads have reached the token of the request; reads again when
   * they move. Refuses with PROJECTION_LAGGING after the patience, with VALIDATION_ERROR for a token ahead of the log.
   */
  read<Value>(
    token: string | readonly string[] | undefined,
    projections: readonly ProjectionName[],
    read: () => Promise<ReadAnswer<Value>>,
  ): Promise<Value | Refusal>;
  /** Told when read tables have changed, so that waiting reads look again at once. */
  wake(): void;
};

export type ReadYourWritesOptions = {
  readonly log: LogHead;
  /** The state of the read tables alone, without any rows: what a waiting read looks at. */
  readonly readState: () => Promise<ReadState>;
  /** How long a read waits for its token, in milliseconds. */
  readonly patienceMs: number;
};

const pollMs = 50;

const reached = (state: ReadState, token: ConsistencyToken, projections: readonly ProjectionName[]): boolean =>
  // A token of an earlier life of the log names a place that no longer says anything about this one.
  token.epoch < state.epoch ||
  (token.epoch === state.epoch && projections.every((name) => (state.positions[name] ?? 0n) >= token.position));

const aheadOfLog = (): Refusal => {
  const message = 'X-Consistency-Token is ahead of the log';
  return refusal('VALIDATION_ERROR', message, [{ field: 'X-Consistency-Token', message }]);
};

const lagging = (): Refusal =>
  refusal('PROJECTION_LAGGING', 'What was just saved is not readable yet: try again in a moment');

export const createReadYourWrites = ({ log, readState, patienceMs }: ReadYourWritesOptions): ReadYourWrites => {
  const waiting = new Set<() => void>();

  const nextChange = (atMostMs: number): Promise<void> =>
    new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        waiting.delete(done);
        resolve();
      };
      const timer = setTimeout(done, atMostMs);
      waiting.add(done);
    });

  const isAhead = async (token: ConsistencyToken): Promise<boolean> => {
    const [head, epoch] = await Promise.all([log.headPosition(), log.epoch()]);
    return token.epoch > epoch || (token.epoch === epoch && token.position > head);
  };

  return {
    read: async (header, projections, read) => {
      const token = parseConsistencyToken(header);
      if (isRefusal(token)) return token;
      const first = await read();
      if (!token || reached(first.state, token, projections)) return first.value;
      if (await isAhead(token)) return aheadOfLog();
      const deadline = performance.now() + patienceMs;
      for (let left = patienceMs; left > 0; left = deadline - performance.now()) {
        await nextChange(Math.min(pollMs, left));
        if (!reached(await readState(), token, projections)) continue;
        const next = await read();
        if (reached(next.state, token, projections)) return next.value;
      }
      return lagging();
    },
    wake: () => {
      for (const done of [...waiting]) done();
    },
  };
};
