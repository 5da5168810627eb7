import { setTimeout as delay } from 'node:timers/promises';
import type { EventLog } from '@ims/platform/event-log/event-log';
import type { Lease } from './checkpoints.ts';
import { CheckpointAheadOfLog, CheckpointOfAnotherEpoch } from './failures.ts';

const secondLookMs = 300;

/**
 * The lease with the life of the log that it now belongs to. Throws CheckpointAheadOfLog or CheckpointOfAnotherEpoch
 * when what was projected is not (all) in this log: then only a rebuild brings tables and log together.
 */
export const assertSameLog = async (
  log: Pick<EventLog, 'headPosition' | 'epoch'>,
  lease: Lease,
  signal: AbortSignal,
): Promise<Lease> => {
  const epoch = await log.epoch();
  // Nothing of an earlier life is in the tables then.
  if (lease.position === 0n) return { ...lease, epoch };
  if (lease.epoch !== epoch) {
    throw new CheckpointOfAnotherEpoch(
      `The event log is in epoch ${epoch}, the checkpoint is of epoch ${lease.epoch}: rebuild the projection`,
    );
  }
  if ((await log.headPosition()) >= lease.position) return lease;
  // A follower of the log's cluster may be a moment behind.
  await delay(secondLookMs, undefined, { signal }).catch(() => undefined);
  if (signal.aborted || (await log.headPosition()) >= lease.position) return lease;
  throw new CheckpointAheadOfLog(`The checkpoint ${lease.position} is ahead of the event log: rebuild the projection`);
};
