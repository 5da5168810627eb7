import { redisPrefix } from '../cache/redis-cache.ts';
import type { RedisConnection } from '../cache/redis-connection.ts';
import type { HitCount, RateLimitStore } from './rate-limit.ts';

/** One step, so that no window is ever left without an end. */
const hitScript = `
local count = redis.call('incr', KEYS[1])
local left = redis.call('pttl', KEYS[1])
if left < 0 then
  redis.call('pexpire', KEYS[1], ARGV[1])
  left = tonumber(ARGV[1])
end
return {count, left}`;

/** Counts for all instances together; while Redis is away every process counts for itself in `local`. */
export const createRedisRateLimitStore = (connection: RedisConnection, local: RateLimitStore): RateLimitStore => ({
  hit: async (key, windowMs) => {
    const answer = await connection.run((redis) => redis.eval(hitScript, 1, `${redisPrefix}rate:${key}`, windowMs));
    return readAnswer(answer) ?? local.hit(key, windowMs);
  },
});

const readAnswer = (answer: unknown): HitCount | undefined => {
  if (!Array.isArray(answer)) return undefined;
  const [count, resetsInMs] = answer;
  return typeof count === 'number' && typeof resetsInMs === 'number' ? { count, resetsInMs } : undefined;
};
