import { LRUCache } from 'lru-cache';

/** Far more publishers than ever run at once; one that is forgotten costs one needless look. */
const maxPublishers = 1_000;

/** Numbers of one publisher: whether one before this was missed. Late and repeated messages are not a gap. */
export type SequenceCheck = { isGap(publisher: string, number: number): boolean };

export const createSequenceCheck = (): SequenceCheck => {
  const highest = new LRUCache<string, number>({ max: maxPublishers });
  return {
    isGap: (publisher, number) => {
      const last = highest.get(publisher) ?? 0;
      highest.set(publisher, Math.max(last, number));
      return number > last + 1;
    },
  };
};
