import type { EventLog } from '@ims/platform/event-log/event-log';
import type { Messages, ReadTablesChanged } from '@ims/platform/messages/messages';
import type { Logger } from '@ims/platform/observability/logger';
import type pg from 'pg';
import type { Lease } from './checkpoints.ts';
import type { LeftOut } from './dead-letters.ts';
import type { EventFeed } from './event-feed.ts';
import { describeFailure } from './failures.ts';
import type { Pace } from './pace.ts';
import type { Progress } from './progress.ts';
import type { Projection } from './projection.ts';
import type { SitePartitions } from './site-partitions.ts';

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

/** What a projection needs while this process leads it. The lease moves on with every batch. */
export type Leadership = Pick<RunnerDependencies, 'pool' | 'log' | 'feed' | 'messages' | 'logger'> & {
  readonly projection: Projection;
  readonly partitions: SitePartitions;
  readonly progress: Progress;
  readonly pace: Pace;
  readonly signal: AbortSignal;
  readonly leftOut: LeftOut;
  lease: Lease;
};

/** The name under which a projection's lines stand in the log. */
export const about = ({ name, version }: Projection) => ({ projection: name, version });

/** After the commit. An optimization: who misses it finds out by looking. */
export const announce = (
  { messages, logger }: Pick<Leadership, 'messages' | 'logger'>,
  changes: readonly ReadTablesChanged[],
): void => {
  if (changes.length === 0) return;
  messages.publish(changes).catch((error: unknown) => {
    logger.debug({ operation: 'publish', error: describeFailure(error) }, 'A change was not announced');
  });
};
