import { LRUCache } from 'lru-cache';
import { longestSharedTtlMs, type SharedCache } from './cache.ts';

export type MemoryCache = SharedCache & {
  /** Milliseconds that an entry will still be kept; 0 for none. */
  remainingMs(key: string): number;
};

/** The shared cache of instances in one process: no server, and gone with the process. */
export const createMemoryCache = ({ maxEntries = 5_000 }: { readonly maxEntries?: number } = {}): MemoryCache => {
  const entries = new LRUCache<string, string>({ max: maxEntries });
  return {
    get: (key) => Promise.resolve(entries.get(key)),
    set: (key, value, ttlMs) => {
      const ttl = Math.min(Math.floor(ttlMs), longestSharedTtlMs);
      if (ttl >= 1) entries.set(key, value, { ttl });
      return Promise.resolve();
    },
    remainingMs: (key) => entries.getRemainingTTL(key),
    check: () => Promise.resolve(),
    close: () => {
      entries.clear();
      return Promise.resolve();
    },
  };
};
