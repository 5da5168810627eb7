import { progressOfRebuild } from '@ims/contracts/operations/version-state';
import type { OpenEvents } from '../runner/event-feed.ts';
import type { Projection } from '../runner/projection.ts';
import { type Build, beginAgain, schemaOf } from './begin-build.ts';
import { type BuildState, readBuild, stopBuild } from './build-books.ts';
import { fillStaging } from './fill.ts';
import { finishVersion } from './finish.ts';
import type { RebuildProgress, RebuildStep } from './operations.ts';
import { BuildStopped } from './parked-streams.ts';
import { hasBegun, readMove, StagingLost } from './staging.ts';

export type BuildVersion = Build & {
  readonly open: OpenEvents;
  readonly projection: Projection;
  readonly siteId: string | null;
  readonly signal: AbortSignal;
  tell(progress: RebuildProgress): void;
};

/**
 * Fills a version that stands in the books as `rebuilding`, from wherever it was left, until it is `ready`. Throws
 * VersionDropped when it was dropped meanwhile, BuildStopped when an event cannot be gone past.
 */
export const buildVersion = async (build: BuildVersion): Promise<void> => {
  const { pool, owner, projection, signal } = build;
  for (;;) {
    try {
      // Rows that have moved get what came since from the ordinary runner.
      if (!hasBegun(await readMove(pool, projection))) {
        await fillStaging({ ...build, tell: (state, rate) => tellOf(build, state, rate) });
      }
      const done = await readBuild(pool, projection);
      const tell = (): void => tellStep(build, 'indexing', done);
      return await finishVersion({ pool, owner, projection, schema: schemaOf(projection), signal, tell });
    } catch (error) {
      if (error instanceof BuildStopped) await stopBuild(pool, projection, error.message);
      if (!(error instanceof StagingLost)) throw error;
      signal.throwIfAborted();
      await beginAgain(owner, projection);
    }
  }
};

const tellOf = (build: BuildVersion, state: BuildState, eventsPerSecond: number): void =>
  tellStep(build, state.paused ? 'paused' : 'filling', state, eventsPerSecond);

export const tellStep = (
  { projection, tell }: Pick<BuildVersion, 'projection' | 'tell'>,
  step: RebuildStep,
  { processed, total }: Pick<BuildState, 'processed' | 'total'>,
  eventsPerSecond = 0,
): void => {
  const progress = progressOfRebuild({ processed, total, eventsPerSecond });
  tell({ projection: projection.name, version: projection.version, step, eventsPerSecond, ...progress });
};
