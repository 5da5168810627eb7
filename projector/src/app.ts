import { randomUUID } from 'node:crypto';
import type { Codec } from '@ims/platform/event-log/codec';
import type { EventLog } from '@ims/platform/event-log/event-log';
import type { Messages } from '@ims/platform/messages/messages';
import type { Logger } from '@ims/platform/observability/logger';
import type pg from 'pg';
import { leaseMs, renewLeases } from './runner/checkpoints.ts';
import { createEventFeed } from './runner/event-feed.ts';
import type { Projection } from './runner/projection.ts';
import { type ProjectionStatus, runProjection } from './runner/run-projection.ts';

export type ProjectorOptions = {
  /** Of the role `ims_projector`; every projection uses one connection at a time. */
  readonly pool: pg.Pool;
  readonly log: EventLog;
  readonly codec: Pick<Codec, 'openAll'>;
  readonly messages: Messages;
  readonly projections: readonly Projection[];
  readonly logger: Logger;
  /**
   * True when no other projector can be alive, as in the single process on its own database: then it does not wait
   * for the leases of a process that was killed. Leases that are alive are taken over as well; their holder is fenced off.
   */
  readonly seizeLeases?: boolean;
};

export type Projector = {
  status(): readonly ProjectionStatus[];
  /** Resolves when every projection has reached the position; rejects when one stops for good before that. */
  whenCaughtUp(position: bigint): Promise<void>;
  /** Finishes the batches under way and gives the leases back. */
  stop(): Promise<void>;
};

export const startProjector = (options: ProjectorOptions): Projector => {
  const { pool, log, codec, projections, logger, seizeLeases = false } = options;
  const stopping = new AbortController();
  const feed = createEventFeed(log, (events) => codec.openAll(events));
  const owner = randomUUID();
  const dependencies = { ...options, feed, owner, seize: seizeLeases };
  const running = projections.map((projection) => runProjection(projection, dependencies, stopping.signal));
  const heartbeat = setInterval(() => {
    renewLeases(pool, owner).catch((error: unknown) => {
      logger.debug({ operation: 'renewLeases', error: String(error) }, 'The leases were not renewed');
    });
  }, leaseMs / 3);
  return {
    status: () => running.map((projection) => projection.status()),
    whenCaughtUp: async (position) => {
      await Promise.all(running.map(({ progress }) => progress.until(position)));
    },
    stop: async () => {
      stopping.abort();
      clearInterval(heartbeat);
      await Promise.all(running.map(({ ended }) => ended));
    },
  };
};
