import { setTimeout as delay } from 'node:timers/promises';
import { acquireLease, type Lease, readStanding, releaseLease } from './checkpoints.ts';
import { loadLeftOut } from './dead-letters.ts';
import type { EventReader } from './event-feed.ts';
import { describeFailure, failureKind } from './failures.ts';
import { followLog } from './follow-log.ts';
import { about, type Leadership, type RunnerDependencies } from './leadership.ts';
import { createPace } from './pace.ts';
import { createProgress, type Progress } from './progress.ts';
import type { Projection } from './projection.ts';
import { noteError, stopForOperator } from './reports.ts';
import { assertSameLog } from './same-log.ts';
import type { SettleHow, Settlement } from './settle.ts';
import { createSettlements, type Settlements } from './settlements.ts';
import { noLongerStandBy, standBy } from './share-leases.ts';
import { createSitePartitions, type SitePartitions } from './site-partitions.ts';

export type { RunnerDependencies } from './leadership.ts';

/**
 * `standby`: another process holds the lease. `paused`: an operator wants it to wait. `stopped`: it needs an operator;
 * `lastError` says why. It goes on by itself when it is resumed.
 */
export type ProjectionState = 'starting' | 'live' | 'catching-up' | 'standby' | 'paused' | 'retrying' | 'stopped';

export type ProjectionStatus = {
  readonly name: string;
  readonly version: number;
  readonly state: ProjectionState;
  readonly position: bigint;
  readonly lastError: string | undefined;
};

export type RunningProjection = {
  status(): ProjectionStatus;
  readonly progress: Progress;
  /** Between two batches; `not-leading` when another process must be asked. Rejects when the database or log fails. */
  settle(deadLetterId: string, how: SettleHow): Promise<Settlement>;
  /** Resolves when the projection has ended after an abort. Never rejects. */
  readonly ended: Promise<void>;
};

type Run = RunnerDependencies & {
  readonly projection: Projection;
  readonly progress: Progress;
  readonly partitions: SitePartitions;
  readonly reader: EventReader;
  readonly signal: AbortSignal;
  readonly settlements: Settlements;
  readonly untilNews: (position: bigint) => Promise<void>;
  readonly state: () => ProjectionState;
  enter(state: ProjectionState, error?: string): void;
};

/** Short, because whoever waits for a lease, a resume or a rebuild should not wait for this. */
const lookAgainMs = 500;
const shortestBackOffMs = 100;
const longestBackOffMs = 5_000;

export const runProjection = (
  projection: Projection,
  dependencies: RunnerDependencies,
  signal: AbortSignal,
): RunningProjection => {
  const progress = createProgress();
  const waiting = createWait(dependencies.log, signal);
  const settlements = createSettlements(waiting.wake);
  let state: ProjectionState = 'starting';
  let lastError: string | undefined;
  const run: Run = {
    ...dependencies,
    projection,
    progress,
    signal,
    settlements,
    untilNews: waiting.untilNews,
    state: () => state,
    reader: dependencies.feed.reader(),
    partitions: createSitePartitions(dependencies.pool, projection),
    enter: (next, error) => {
      state = next;
      if (error !== undefined) lastError = error;
      else if (next !== 'retrying' && next !== 'stopped') lastError = undefined;
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
    settle: settlements.ask,
    ended: runUntilAborted(run),
  };
};

/** Waits for news of the log; `wake` ends the wait as if there were some. */
const createWait = ({ waitPast }: RunnerDependencies['log'], signal: AbortSignal) => {
  let waking = new AbortController();
  return {
    wake: () => waking.abort(),
    untilNews: async (position: bigint): Promise<void> => {
      const end = () => waking.abort();
      signal.addEventListener('abort', end);
      try {
        if (!signal.aborted) await waitPast(position, waking.signal);
      } finally {
        signal.removeEventListener('abort', end);
        if (waking.signal.aborted) waking = new AbortController();
      }
    },
  };
};

const runUntilAborted = async (run: Run): Promise<void> => {
  const { projection, pool, owner, signal, logger, progress } = run;
  let backOffMs = shortestBackOffMs;
  while (!signal.aborted) {
    const before = progress.position();
    try {
      await leadOrWait(run);
    } catch (error) {
      if (failureKind(error) === 'lease-lost' || signal.aborted) continue;
      const sentence = describeFailure(error);
      run.enter('retrying', sentence);
      logger.warn({ operation: 'project', ...about(projection), error: sentence }, 'The projection will try again');
      await noteError(pool, projection, sentence).catch(() => undefined);
      backOffMs = progress.position() > before ? shortestBackOffMs : Math.min(backOffMs * 2, longestBackOffMs);
      await delay(backOffMs, undefined, { signal }).catch(() => undefined);
    }
  }
  await noLongerStandBy(pool, projection, owner).catch(() => undefined);
  progress.end(new Error(`The projection ${projection.name} was stopped`));
};

const leadOrWait = async (run: Run): Promise<void> => {
  const { pool, projection, owner } = run;
  // Only at the start: whoever loses a lease later has a living rival, and both would take it in turns for ever.
  const seize = run.seize && run.state() === 'starting';
  const lease = await acquireLease(pool, projection, { owner, seize });
  if (!lease) return standAside(run);
  try {
    await lead(run, lease);
  } catch (error) {
    await stopOrThrow(run, lease, error);
  } finally {
    run.settlements.close();
    // Where this fails the lease expires by itself.
    await releaseLease(pool, projection, lease).catch(() => undefined);
  }
};

const lead = async (run: Run, acquired: Lease): Promise<void> => {
  const { pool, projection, owner, log, signal, progress, settlements } = run;
  await noLongerStandBy(pool, projection, owner);
  const lease = await assertSameLog(log, acquired, signal);
  const leftOut = await loadLeftOut(pool, projection);
  const leading: Leadership = { ...run, pace: createPace(), leftOut, lease };
  progress.begin();
  progress.reach(lease.position);
  settlements.open();
  await followLog({ ...run, leading, entered: (state) => run.enter(state) });
};

/** What no retry cures waits for an operator, with an alert; what passes is for the caller. */
const stopOrThrow = async (run: Run, lease: Lease, error: unknown): Promise<void> => {
  const { pool, projection, logger, progress } = run;
  const kind = failureKind(error);
  if (kind === 'environment' || kind === 'lease-lost') throw error;
  const sentence = describeFailure(error);
  await stopForOperator(pool, projection, lease, sentence);
  run.enter('stopped', sentence);
  const facts = { operation: 'project', ...about(projection), kind, error: sentence };
  logger.error({ ...facts, alert: true }, 'The projection has stopped');
  progress.end(hasStopped(projection, sentence));
};

const hasStopped = ({ name }: Projection, why: string): Error =>
  new Error(`The projection ${name} has stopped: ${why}`);

const standAside = async (run: Run): Promise<void> => {
  const { pool, projection, owner, signal, progress } = run;
  const standing = await readStanding(pool, projection);
  progress.reach(standing?.position ?? 0n);
  if (standing?.stopped) {
    const why = standing.lastError ?? 'an operator has to look after it';
    run.enter('stopped', why);
    progress.end(hasStopped(projection, why));
  } else {
    run.enter(standing?.paused ? 'paused' : 'standby');
    progress.begin();
    if (standing && !standing.paused) await standBy(pool, projection, owner);
  }
  await delay(lookAgainMs, undefined, { signal }).catch(() => undefined);
};
