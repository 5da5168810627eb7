import { setTimeout as delay } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import type { Logger } from '../observability/logger.ts';
import { EngineRefused } from '../process/engine-refused.ts';

const operation = 'cache';
const firstAttemptMs = 2_500;

/** Tells the log once when Redis is lost and once when it is back, and answers how it is. */
export const watchRedis = (redis: Redis, logger: Logger): { check(): Promise<void> } => {
  let problem: Error | undefined;
  let isDiskChecked = false;
  const settled = new Promise<void>((resolve) => {
    redis.once('ready', () => resolve());
    redis.once('error', () => resolve());
  });
  const lost = (error: Error): void => {
    if (!problem) logger.warn({ err: error, operation }, 'Redis is not connected; everything goes on without it');
    problem = error;
  };
  redis.on('error', (error: Error) => lost(explainRedis(error)));
  redis.on('close', () => lost(problem ?? new Error('The connection to Redis ended.')));
  redis.on('ready', () => {
    if (problem) logger.info({ operation }, 'Redis is connected again');
    problem = undefined;
  });
  return {
    check: async () => {
      const waiting = new AbortController();
      await Promise.race([settled, delay(firstAttemptMs, undefined, waiting).catch(() => undefined)]);
      waiting.abort();
      if (redis.status !== 'ready') throw problem ?? new Error('Redis is not connected.');
      await redis.ping().catch((error: Error) => Promise.reject(explainRedis(error)));
      if (isDiskChecked) return;
      isDiskChecked = true;
      await warnOfDisk(redis, logger);
    },
  };
};

const explainRedis = (error: Error): Error =>
  /^(WRONGPASS|NOAUTH|NOPERM|ERR invalid password|ERR AUTH)/.test(error.message)
    ? new EngineRefused(`Redis refuses the credentials in REDIS_URL: ${error.message}`, { cause: error })
    : error;

/** Erased persons must be gone within minutes, so Redis may keep nothing on disk. A server may not let us ask. */
const warnOfDisk = async (redis: Redis, logger: Logger): Promise<void> => {
  const ask = async (name: string): Promise<string> => {
    const answer = await redis.config('GET', name).catch(() => []);
    return Array.isArray(answer) ? String(answer[1] ?? '') : '';
  };
  const [save, appendOnly] = [await ask('save'), await ask('appendonly')];
  if (save !== '') logger.warn({ operation, save }, 'Redis writes snapshots to its disk: set save ""');
  if (appendOnly === 'yes') logger.warn({ operation }, 'Redis writes a log to its disk: set appendonly no');
};
