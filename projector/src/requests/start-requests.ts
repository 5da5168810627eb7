import { setTimeout as delay } from 'node:timers/promises';
import { projectionCatalogue } from '@ims/contracts/operations/projections';
import { isUnavailable } from '@ims/platform/http/unavailable';
import type { Logger } from '@ims/platform/observability/logger';
import { describeFailure } from '../runner/failures.ts';
import {
  areRequestsOpen,
  finishRequest,
  giveRequestBack,
  keepRequests,
  longOperations,
  type Outcome,
  type TakenRequest,
  takeRequest,
} from './request-rows.ts';
import { putTogether, takeApart } from './requests-on-all.ts';
import { type RunDependencies, runRequest } from './run-request.ts';

export type RequestsOptions = RunDependencies & {
  readonly logger: Logger;
  /** Of this process's leases: retries and skips go where their projection is led. */
  readonly owner: string;
};

export type Requests = {
  /** Takes nothing more, interrupts what takes long and leaves it to the next projector; waits for the rest. */
  stop(): Promise<void>;
};

type Loop = RequestsOptions & { readonly signal: AbortSignal; readonly underWay: Map<string, Promise<void>> };

const pollMs = 500;
const aliveMs = 2_000;
const longAtOnce = 2;
const shortestBackOffMs = 500;
const longestBackOffMs = 10_000;

/** Carries out what operators ask, as long as the projector runs. */
export const startRequests = (options: RequestsOptions): Requests => {
  const { pool, owner, logger } = options;
  const stopping = new AbortController();
  const loop: Loop = { ...options, signal: stopping.signal, underWay: new Map() };
  const alive = setInterval(() => {
    if (loop.underWay.size === 0) return;
    keepRequests(pool, owner).catch((error: unknown) => {
      logger.debug({ operation: 'keepRequests', error: String(error) }, 'Nobody was told that requests are worked on');
    });
  }, aliveMs);
  const ended = poll(loop);
  return {
    stop: async () => {
      stopping.abort();
      await ended;
      await Promise.all(loop.underWay.values());
      clearInterval(alive);
    },
  };
};

const poll = async (loop: Loop): Promise<void> => {
  const { signal, logger } = loop;
  while (!signal.aborted) {
    try {
      if (await takeNext(loop)) continue;
    } catch (error) {
      logger.debug({ operation: 'takeRequest', error: describeFailure(error) }, 'Requests could not be looked for');
    }
    await delay(pollMs, undefined, { signal }).catch(() => undefined);
  }
};

/** True when there may be more to take at once. */
const takeNext = async (loop: Loop): Promise<boolean> => {
  const { pool, owner, underWay } = loop;
  if (!(await areRequestsOpen(pool))) return false;
  await takeApart(
    pool,
    Object.entries(projectionCatalogue).map(([name, { bySite }]) => ({ name, bySite })),
  );
  await putTogether(pool);
  const long = [...underWay.keys()].filter((key) => key.startsWith('long ')).length;
  const request = await takeRequest(pool, owner, { takesLong: long < longAtOnce });
  if (!request) return false;
  const key = `${longOperations.includes(request.operation) ? 'long' : 'short'} ${request.id}`;
  const work = carryOut(loop, request).finally(() => underWay.delete(key));
  underWay.set(key, work);
  return true;
};

/** Never rejects. */
const carryOut = async (loop: Loop, request: TakenRequest): Promise<void> => {
  const { pool, owner, logger } = loop;
  const about = { operation: request.operation, projection: request.projection, requestId: request.id };
  logger.info(about, 'An operation begins');
  const outcome = await outcomeOf(loop, request);
  if (outcome === 'interrupted') {
    await giveRequestBack(pool, owner, request.id).catch(() => undefined);
    return;
  }
  logger.info({ ...about, state: outcome.state }, 'An operation has ended');
  await write(loop, request, outcome).catch((error: unknown) => {
    logger.error({ ...about, error: describeFailure(error) }, 'The answer to an operation could not be written');
  });
};

const outcomeOf = async (loop: Loop, request: TakenRequest): Promise<Outcome | 'interrupted'> => {
  const { signal, logger } = loop;
  let { wasTaken } = request;
  for (let backOffMs = shortestBackOffMs; !signal.aborted; backOffMs = Math.min(backOffMs * 2, longestBackOffMs)) {
    try {
      return await runRequest({ ...request, wasTaken }, loop, signal);
    } catch (error) {
      wasTaken = true;
      if (signal.aborted) break;
      const about = { operation: request.operation, projection: request.projection, error: describeFailure(error) };
      if (!isUnavailable(error)) {
        logger.error({ ...about, alert: true }, 'An operation has failed');
        return { state: 'failed', answer: `It failed: ${describeFailure(error)}` };
      }
      logger.warn(about, 'An operation will be tried again');
      await delay(backOffMs, undefined, { signal }).catch(() => undefined);
    }
  }
  return 'interrupted';
};

const write = async ({ pool, owner, logger, signal }: Loop, { id }: TakenRequest, outcome: Outcome): Promise<void> => {
  for (;;) {
    try {
      const isOurs = await finishRequest(pool, owner, id, outcome);
      if (!isOurs) logger.warn({ requestId: id }, 'Another projector took this operation over');
      return;
    } catch (error) {
      if (signal.aborted || !isUnavailable(error)) throw error;
      await delay(longestBackOffMs / 10, undefined, { signal }).catch(() => undefined);
    }
  }
};
