import { refusal } from '@ims/contracts/error-codes';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { addressKey } from './address-key.ts';
import { sendRefusal } from './errors.ts';
// Declares what requests and routes carry.
import type {} from './route-access.ts';

/** How often a key was hit in its window, this hit included, and when the window ends. */
export type HitCount = { readonly count: number; readonly resetsInMs: number };

/** Counts hits in fixed windows. A shared store (Redis) implements the same with promises. */
export type RateLimitStore = { hit(key: string, windowMs: number): HitCount | Promise<HitCount> };

/** Hits per minute: `reads` and `writes` per user, `anonymous` and `credentials` per address (IPv6: per /64). */
export type RateLimits = {
  readonly reads: number;
  readonly writes: number;
  readonly anonymous: number;
  readonly credentials: number;
};

export const defaultRateLimits: RateLimits = { reads: 600, writes: 120, anonymous: 300, credentials: 10 };

const windowMs = 60_000;

/** Counts in this process; an expired window is forgotten within two minutes. */
export const createMemoryRateLimitStore = (now: () => number = Date.now): RateLimitStore => {
  const windows = new Map<string, { count: number; endsAt: number }>();
  let nextSweep = now() + windowMs;
  const sweep = (at: number): void => {
    nextSweep = at + windowMs;
    for (const [key, { endsAt }] of windows) if (endsAt <= at) windows.delete(key);
  };
  return {
    hit: (key, length) => {
      const at = now();
      if (at >= nextSweep) sweep(at);
      const window = windows.get(key);
      if (window && window.endsAt > at) {
        window.count += 1;
        return { count: window.count, resetsInMs: window.endsAt - at };
      }
      windows.set(key, { count: 1, endsAt: at + length });
      return { count: 1, resetsInMs: length };
    },
  };
};

/** Counts a call; true when it may go on, false when it has been answered with 429. */
export type RateLimiter = {
  /** Counts a call of nobody in particular by its address. */
  byAddress(request: FastifyRequest, reply: FastifyReply): boolean | Promise<boolean>;
  byUser(userId: string, request: FastifyRequest, reply: FastifyReply): boolean | Promise<boolean>;
};

/** `limits: 'off'` counts nothing and sends no headers. */
export const createRateLimiter = (
  limits: RateLimits | 'off',
  store: RateLimitStore = createMemoryRateLimitStore(),
): RateLimiter => {
  if (limits === 'off') return { byAddress: () => true, byUser: () => true };
  const count = (key: string, limit: number, reply: FastifyReply): boolean | Promise<boolean> => {
    const hit = store.hit(key, windowMs);
    return hit instanceof Promise ? hit.then((counted) => admit(counted, limit, reply)) : admit(hit, limit, reply);
  };
  return {
    byAddress: (request, reply) =>
      request.routeOptions.config.rate === 'credentials'
        ? count(`credentials ${addressKey(request.ip)}`, limits.credentials, reply)
        : count(`anonymous ${addressKey(request.ip)}`, limits.anonymous, reply),
    byUser: (userId, request, reply) =>
      isRead(request) ? count(`read ${userId}`, limits.reads, reply) : count(`write ${userId}`, limits.writes, reply),
  };
};

const isRead = ({ method, routeOptions }: FastifyRequest): boolean =>
  (routeOptions.config.rate ?? (method === 'GET' || method === 'HEAD' ? 'read' : 'write')) === 'read';

const admit = ({ count, resetsInMs }: HitCount, limit: number, reply: FastifyReply): boolean => {
  const seconds = Math.ceil(resetsInMs / 1000);
  reply.header('x-ratelimit-limit', limit);
  reply.header('x-ratelimit-remaining', Math.max(0, limit - count));
  reply.header('x-ratelimit-reset', seconds);
  if (count <= limit) return true;
  reply.header('retry-after', seconds);
  sendRefusal(reply, refusal('RATE_LIMITED', `Too many requests; try again in ${seconds} seconds`));
  return false;
};
