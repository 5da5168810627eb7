import { setTimeout as delay } from 'node:timers/promises';

/** Asks something that may be away: undefined when it fails or is too late, and from then on without asking again. */
export const whileAnswering = (patienceMs: number) => {
  let isAway = false;
  return async <Value>(question: () => Promise<Value>): Promise<Value | undefined> => {
    if (isAway) return undefined;
    const answered = new AbortController();
    const tooLate = delay(patienceMs, undefined, { signal: answered.signal }).then(() => {
      throw new Error('No answer in time');
    });
    tooLate.catch(() => undefined);
    try {
      return await Promise.race([question(), tooLate]);
    } catch {
      isAway = true;
      return undefined;
    } finally {
      answered.abort();
    }
  };
};
