import { createMemoryCache } from './memory-cache.ts';
import { sharedCacheContract } from './shared-cache.contract.ts';

sharedCacheContract('Shared cache in memory', async () => {
  const cache = createMemoryCache();
  return {
    cache,
    other: cache,
    flush: () => cache.close(),
    remainingMs: (key) => Promise.resolve(Math.floor(cache.remainingMs(key))),
    close: () => cache.close(),
  };
});
