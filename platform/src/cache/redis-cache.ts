import { longestSharedTtlMs, type SharedCache } from './cache.ts';
import type { RedisConnection } from './redis-connection.ts';

/** All that this product keeps in Redis stands under this prefix. */
export const redisPrefix = 'ims:';

/** The shared cache in Redis. Closing it closes the connection. */
export const createRedisCache = (connection: RedisConnection): SharedCache => ({
  get: async (key) => (await connection.run((redis) => redis.get(redisPrefix + key))) ?? undefined,
  set: async (key, value, ttlMs) => {
    const kept = Math.min(Math.floor(ttlMs), longestSharedTtlMs);
    if (kept < 1) return;
    await connection.run((redis) => redis.set(redisPrefix + key, value, 'PX', kept));
  },
  check: () => connection.check(),
  close: () => connection.close(),
});
