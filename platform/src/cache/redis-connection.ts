import { CircuitState, ConsecutiveBreaker, circuitBreaker, ExponentialBackoff, handleAll } from 'cockatiel';
import { Redis } from 'ioredis';
import type { Logger } from '../observability/logger.ts';
import { inTime } from '../process/in-time.ts';
import { watchRedis } from './redis-health.ts';

export type RedisConnection = {
  /** Runs a command within about 50 ms; undefined when Redis is away or does not answer in time. Never rejects. */
  run<Answer>(command: (redis: Redis) => Promise<Answer>): Promise<Answer | undefined>;
  /** Rejects when Redis does not answer; with `EngineRefused` when it does not let us in. */
  check(): Promise<void>;
  close(): Promise<void>;
};

export type RedisConnectionOptions = {
  /** `redis://` or `rediss://`, with `user:password@` where the server asks for it. */
  readonly url: string;
  readonly logger: Logger;
  /** What a reader may lose to a Redis that does not answer; default 50 ms. */
  readonly callTimeoutMs?: number;
};

/** For greeting and health; a connection on which nothing comes back for so long is made anew. */
const serverTimeoutMs = 2_000;
const longestReconnectMs = 2_000;
/** So many failures one after the other, and Redis is left alone for a while: a hung one must not cost every call 50 ms. */
const failuresThatBreak = 3;

/** One connection per process, made in the background, and again for ever. */
export const createRedisConnection = (options: RedisConnectionOptions): RedisConnection => {
  const { url, logger, callTimeoutMs = 50 } = options;
  const redis = new Redis(url, {
    lazyConnect: true,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    commandTimeout: serverTimeoutMs,
    connectTimeout: serverTimeoutMs,
    socketTimeout: serverTimeoutMs,
    connectionName: 'ims-cache',
    retryStrategy: (attempt) => Math.min(25 * 2 ** Math.min(attempt, 7), longestReconnectMs),
  });
  const health = watchRedis(redis, logger);
  const breaker = circuitBreaker(handleAll, {
    halfOpenAfter: new ExponentialBackoff({ initialDelay: 250, maxDelay: 2_000 }),
    breaker: new ConsecutiveBreaker(failuresThatBreak),
  });
  // What goes wrong is told to the watch.
  redis.connect().catch(() => undefined);

  return {
    run: async (command) => {
      // While one call tries whether Redis is back, the others do not wait for the outcome.
      if (redis.status !== 'ready' || breaker.state === CircuitState.HalfOpen) return undefined;
      return breaker.execute(() => inTime(callTimeoutMs, command(redis))).catch(() => undefined);
    },
    check: () => health.check(),
    close: () => {
      redis.disconnect();
      return Promise.resolve();
    },
  };
};
