import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Codec } from '@ims/platform/event-log/codec';
import type { EventLog } from '@ims/platform/event-log/event-log';
import type { Messages } from '@ims/platform/messages/messages';
import type { Logger } from '@ims/platform/observability/logger';
import type pg from 'pg';
import { startRequests } from './requests/start-requests.ts';
import { leaseMs, renewLeases } from './runner/checkpoints.ts';
import { createEventFeed } from './runner/event-feed.ts';
import { openWith } from './runner/feed-event.ts';
import type { Projection } from './runner/projection.ts';
import { type ProjectionStatus, type RunningProjection, runProjection } from './runner/run-projection.ts';
import { createOperations, type Operations } from './versions/operations.ts';
import { runVersions } from './versions/run-versions.ts';

export type ProjectorOptions = {
  /** Of the role `ims_projector`; every version of a projection uses one connection at a time, a rebuild two. */
  readonly pool: pg.Pool;
  readonly log: EventLog;
  readonly codec: Pick<Codec, 'openEach'>;
  readonly messages: Messages;
  readonly projections: readonly Projection[];
  readonly logger: Logger;
  /**
   * True when no other projector can be alive, as in the single process on its own database: then it does not wait
   * for the leases of a process that was killed. Leases that are alive are taken over as well; their holder is fenced off.
   */
  readonly seizeLeases?: boolean;
  /**
   * The database's owner, whose rights the making and dropping of tables needs. Without it this projector carries out
   * no operator's requests and takes up no interrupted rebuild.
   */
  readonly ownerUrl?: string;
};

export type Projector = {
  /** One per version of a projection; none before the books could be read. */
  status(): readonly ProjectionStatus[];
  running(): readonly RunningProjection[];
  /** Missing without the owner's address. */
  readonly operations: Operations | undefined;
  /** Resolves when every version that readers use has reached the position; rejects when one stops before that. */
  whenCaughtUp(position: bigint): Promise<void>;
  /** Finishes the batches under way, interrupts rebuilds and gives the leases back. */
  stop(): Promise<void>;
};

export const startProjector = (options: ProjectorOptions): Projector => {
  const { pool, log, codec, logger, seizeLeases = false } = options;
  const stopping = new AbortController();
  const open = openWith(codec);
  const feed = createEventFeed(log, open);
  const owner = randomUUID();
  const dependencies = { ...options, feed, owner, seize: seizeLeases };
  const versions = runVersions({
    ...options,
    run: (projection, signal) => runProjection(projection, dependencies, signal),
  });
  const heartbeat = setInterval(() => {
    renewLeases(pool, owner).catch((error: unknown) => {
      logger.debug({ operation: 'renewLeases', error: String(error) }, 'The leases were not renewed');
    });
  }, leaseMs / 3);
  const { ownerUrl } = options;
  const operations =
    ownerUrl === undefined ? undefined : createOperations({ ...options, ownerUrl, open, changed: versions.refresh });
  const requests = operations && startRequests({ pool, operations, running: versions.all, logger, owner });
  const interrupted = operations && takeUpInterrupted(operations, logger, stopping.signal);
  return {
    status: () => versions.all().map((running) => running.status()),
    running: versions.all,
    operations,
    whenCaughtUp: async (position) => {
      const read = await versions.read();
      await Promise.all(read.map(({ progress }) => progress.until(position)));
    },
    stop: async () => {
      stopping.abort();
      await Promise.all([requests?.stop(), interrupted]);
      await versions.stop();
      clearInterval(heartbeat);
    },
  };
};

const lookAgainMs = 2_000;

/** What a projector that was killed left half rebuilt goes on here. */
const takeUpInterrupted = async (operations: Operations, logger: Logger, signal: AbortSignal): Promise<void> => {
  while (!signal.aborted) {
    await operations.resumeInterrupted(signal).catch((error: unknown) => {
      if (signal.aborted) return;
      logger.warn({ operation: 'rebuild', error: String(error) }, 'An interrupted rebuild could not go on');
    });
    await delay(lookAgainMs, undefined, { signal }).catch(() => undefined);
  }
};
