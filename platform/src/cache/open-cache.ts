import { createMemoryRateLimitStore, type RateLimitStore } from '../http/rate-limit.ts';
import { createRedisRateLimitStore } from '../http/rate-limit-redis.ts';
import type { Logger } from '../observability/logger.ts';
import type { SharedCache } from './cache.ts';
import { createRedisCache } from './redis-cache.ts';
import { createRedisConnection } from './redis-connection.ts';

/** The variables of these names; `CACHE=redis` needs `REDIS_URL`. */
export type CacheConfig = { readonly CACHE: 'memory' | 'redis'; readonly REDIS_URL?: string | undefined };

export type OpenedCache = {
  /** Nothing where every process has its own memory alone. */
  readonly cache: SharedCache | undefined;
  readonly rateLimitStore: RateLimitStore;
  /** Rejects when the shared cache cannot be reached; with `EngineRefused` when it does not let us in. */
  check(): Promise<void>;
  close(): Promise<void>;
};

/** Connects in the background and for ever; nothing here waits for Redis, and nothing fails without it. */
export const openSharedCache = (
  { CACHE, REDIS_URL }: CacheConfig,
  { logger }: { readonly logger: Logger },
): OpenedCache => {
  const local = createMemoryRateLimitStore();
  if (CACHE === 'memory') {
    const nothing = (): Promise<void> => Promise.resolve();
    return { cache: undefined, rateLimitStore: local, check: nothing, close: nothing };
  }
  if (!REDIS_URL) throw new Error('CACHE=redis needs REDIS_URL.');
  const connection = createRedisConnection({ url: REDIS_URL, logger });
  const cache = createRedisCache(connection);
  return {
    cache,
    rateLimitStore: createRedisRateLimitStore(connection, local),
    check: cache.check,
    close: cache.close,
  };
};
