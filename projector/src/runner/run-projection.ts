import { setTimeout as delay } from 'node:timers/promises';
import type { EventLog } from '@ims/platform/event-log/event-log';
import type { Messages } from '@ims/platform/messages/messages';
import type { Logger } from '@ims/platform/observability/logger';
import type pg from 'pg';
import { acquireLease, type Lease, readPosition, releaseLease } from './checkpoints.ts';
import type { EventFeed, EventReader, Page } from './event-feed.ts';
import { CheckpointAheadOfLog, failureKind } from './failures.ts';
import { createProgress, type Progress } from './progress.ts';
import type { Projection } from './projection.ts';
import { createSitePartitions, type SitePartitions } from './site-partitions.ts';
import { touchedBy, writeBatch } from './write-batch.ts';

/** `standby`: another process holds the lease. `stopped`: it needs an operator; `lastError` says why. */
export type ProjectionState = 'starting' | 'live' | 'catching-up' | 'standby' | 'retrying' | 'stopped';

export type ProjectionStatus = {
  readonly name: string;
  readonly version: number;
  readonly state: ProjectionState;
  readonly position: bigint;
  readonly lastError: string | undefined;
};

export type RunnerDependencies = {
  readonly pool: pg.Pool;
  readonly log: EventLog;
  readonly feed: EventFeed;
  readonly messages: Messages;
  readonly logger: Logger;
  readonly owner: string;
  /** Takes leases that have not expired; see `acquireLease`. */
  readonly seize: boolean;
};

export type RunningProjection = {
  status(): ProjectionStatus;
  readonly progress: Progress;
  /** Resolves when the projection has ended, after an abort or because it stopped itself. Never rejects. */
  readonly ended: Promise<void>;
};

type Run = RunnerDependencies & {
  readonly projection: Projection;
  readonly progress: Progress;
  readonly partitions: SitePartitions;
  readonly reader: EventReader;
  readonly signal: AbortSignal;
  readonly state: () => ProjectionState;
  enter(state: ProjectionState, error?: unknown): void;
};

const standbyMs = 1_000;
const shortestBackOffMs = 100;
const longestBackOffMs = 5_000;

export const runProjection = (
  projection: Projection,
  dependencies: RunnerDependencies,
  signal: AbortSignal,
): RunningProjection => {
  const progress = createProgress();
  let state: ProjectionState = 'starting';
  let lastError: string | undefined;
  const run: Run = {
    ...dependencies,
    projection,
    progress,
    signal,
    state: () => state,
    reader: dependencies.feed.reader(),
    partitions: createSitePartitions(dependencies.pool, projection),
    enter: (next, error) => {
      state = next;
      if (error !== undefined) lastError = describe(error);
      else if (next === 'live' || next === 'catching-up') lastError = undefined;
    },
  };
  return {
    status: () => ({
      name: projection.name,
      version: projection.version,
      state,
      position: progress.position(),
      lastError,
    }),
    progress,
    ended: runUntilStopped(run),
  };
};

const runUntilStopped = async (run: Run): Promise<void> => {
  const { projection, signal, logger } = run;
  let backOffMs = shortestBackOffMs;
  while (!signal.aborted) {
    const before = run.progress.position();
    try {
      await leadOrStandBy(run);
    } catch (error) {
      const kind = failureKind(error);
      const about = { operation: 'project', projection: projection.name, version: projection.version };
      if (kind === 'event' || kind === 'log-behind') {
        // The seam for dead letters: bisecting the batch and parking the event's stream starts here.
        run.enter('stopped', error);
        logger.error({ ...about, alert: true, kind, error: describe(error) }, 'The projection has stopped');
        run.progress.end(new Error(`The projection ${projection.name} has stopped`, { cause: error }));
        return;
      }
      if (kind === 'lease-lost') continue;
      run.enter('retrying', error);
      logger.warn({ ...about, error: describe(error) }, 'The projection will try again');
      backOffMs = run.progress.position() > before ? shortestBackOffMs : Math.min(backOffMs * 2, longestBackOffMs);
      await delay(backOffMs, undefined, { signal }).catch(() => undefined);
    }
  }
  run.progress.end(new Error(`The projection ${projection.name} was stopped`));
};

const leadOrStandBy = async (run: Run): Promise<void> => {
  const { pool, projection, signal, progress, owner } = run;
  // Only at the start: whoever loses a lease later has a living rival, and both would take it in turns for ever.
  const seize = run.seize && run.state() === 'starting';
  const lease = await acquireLease(pool, projection, { owner, seize });
  if (!lease) {
    run.enter('standby');
    progress.reach(await readPosition(pool, projection));
    await delay(standbyMs, undefined, { signal }).catch(() => undefined);
    return;
  }
  try {
    await follow(run, lease);
  } finally {
    // Where this fails the lease expires by itself.
    await releaseLease(pool, projection, lease).catch(() => undefined);
  }
};

/** Reads and opens the next page while the one before it is being written. */
const follow = async (run: Run, first: Lease): Promise<void> => {
  const { log, reader, signal, progress } = run;
  if ((await log.headPosition()) < first.position) {
    throw new CheckpointAheadOfLog(
      `The checkpoint ${first.position} is ahead of the event log: rebuild the projection`,
    );
  }
  progress.reach(first.position);
  let lease = first;
  let next = reader.read(lease.position);
  while (!signal.aborted) {
    const page = await next;
    if (page.events.length === 0) {
      run.enter('live');
      await log.waitPast(lease.position, signal);
      next = reader.read(lease.position);
      continue;
    }
    run.enter(page.isFull ? 'catching-up' : 'live');
    next = reader.read(page.last);
    // Its failure is met when it is awaited; until then it must not count as unhandled.
    next.catch(() => undefined);
    await project(run, lease, page);
    lease = { ...lease, position: page.last };
    progress.reach(page.last);
  }
};

const project = async (run: Run, lease: Lease, page: Page): Promise<void> => {
  const touched = touchedBy(run.projection, page);
  await run.partitions.ensure(touched, run.signal);
  const changes = await writeBatch(run.pool, run.projection, lease, { page, touched });
  run.messages.publish(changes).catch((error: unknown) => {
    run.logger.debug({ operation: 'publish', error: describe(error) }, 'A change was not announced');
  });
};

const describe = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
};
