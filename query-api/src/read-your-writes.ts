import { setTimeout as delay } from 'node:timers/promises';
import { isRefusal, type Refusal, refusal } from '@ims/contracts/error-codes';
import { type ConsistencyToken, parseConsistencyToken } from '@ims/platform/http/consistency-token';
import type { ProjectionName, ReadState } from './read-state.ts';
import type { ReadAnswer } from './snapshot.ts';

/** Where the log is: what a token can be compared with. */
export type LogHead = { headPosition(): Promise<bigint>; epoch(): Promise<number> };

export type Source<Value> = {
  readonly projections: readonly ProjectionName[];
  read(): Promise<ReadAnswer<Value>>;
  /** The state of the tables that `read` reads, as it is now: what a waiting read looks at. */
  state(): Promise<ReadState>;
};

export type ReadYourWrites = {
  /**
   * Answers what the source reads, once the projections it reads have reached the token of the request; reads again
   * when they move. Refuses with PROJECTION_LAGGING after the patience, with VALIDATION_ERROR for a token ahead of the log.
   */
  read<Value>(token: string | readonly string[] | undefined, source: Source<Value>): Promise<Value | Refusal>;
  /** Told when read tables have changed, so that waiting reads look again at once. */
  wake(): void;
};

export type ReadYourWritesOptions = {
  readonly log: LogHead;
  /** How long a read waits for its token, in milliseconds. */
  readonly patienceMs: number;
};

const pollMs = 50;
/** A log that does not answer must not cost a read its patience. */
const headPatienceMs = 500;

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

export const createReadYourWrites = ({ log, patienceMs }: ReadYourWritesOptions): ReadYourWrites => {
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

  /** A log that cannot be asked says nothing against a token. */
  const isAhead = async (token: ConsistencyToken): Promise<boolean> => {
    const asked = Promise.all([log.headPosition(), log.epoch()]).catch(() => undefined);
    const known = await Promise.race([asked, delay(headPatienceMs, undefined, { ref: false })]);
    if (!known) return false;
    const [head, epoch] = known;
    return token.epoch > epoch || (token.epoch === epoch && token.position > head);
  };

  const readIncluding = async <Value>(token: ConsistencyToken, source: Source<Value>) => {
    if (!reached(await source.state(), token, source.projections)) return undefined;
    const next = await source.read();
    return reached(next.state, token, source.projections) ? next : undefined;
  };

  return {
    read: async (header, source) => {
      const token = parseConsistencyToken(header);
      if (isRefusal(token)) return token;
      const first = await source.read();
      if (!token || reached(first.state, token, source.projections)) return first.value;
      const second = await readIncluding(token, source);
      if (second) return second.value;
      if (await isAhead(token)) return aheadOfLog();
      const deadline = performance.now() + patienceMs;
      for (let left = patienceMs; left > 0; left = deadline - performance.now()) {
        await nextChange(Math.min(pollMs, left));
        const next = await readIncluding(token, source);
        if (next) return next.value;
      }
      return lagging();
    },
    wake: () => {
      for (const done of [...waiting]) done();
    },
  };
};
