import type { ProjectionVersionState, ProjectionVersionStatus } from './api.ts';

/** What the books say of a version of a projection's tables. */
export type BookedState = {
  readonly stopped: boolean;
  readonly paused: boolean;
  readonly phase: 'rebuilding' | 'ready' | 'live' | 'dropping';
};

/** What an operator has to know first comes first. */
export const stateOfVersion = ({ stopped, paused, phase }: BookedState, isRead: boolean): ProjectionVersionState => {
  if (stopped) return 'stopped';
  if (paused) return 'paused';
  if (phase === 'rebuilding') return 'rebuilding';
  return isRead ? 'live' : 'ready';
};

export type RebuildPace = {
  /** Events read so far. */
  readonly processed: number;
  /** Events there were when the rebuild began: it may have come past them. */
  readonly total: number;
  readonly eventsPerSecond: number;
};

/** How far a rebuild is; `etaSeconds` is null while nothing is known of its pace. */
export const progressOfRebuild = ({
  processed,
  total,
  eventsPerSecond,
}: RebuildPace): NonNullable<ProjectionVersionStatus['progress']> => {
  const all = Math.max(processed, total);
  const left = all - processed;
  return { done: processed, total: all, etaSeconds: eventsPerSecond > 0 ? Math.ceil(left / eventsPerSecond) : null };
};
