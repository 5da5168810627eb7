import type { ProjectionStatus, ProjectionVersionStatus } from '@ims/contracts/operations/api';
import { projectionCatalogue } from '@ims/contracts/operations/projections';
import { progressOfRebuild, stateOfVersion } from '@ims/contracts/operations/version-state';
import type { EventLog } from '@ims/platform/event-log/event-log';
import { type Lag, lagReader } from '@ims/platform/operations/lag';
import type pg from 'pg';
import { readVersions, type VersionRow } from '../versions/operations.ts';
import { isRead } from '../versions/version-rows.ts';

/** Null where the event log did not answer. */
export type VersionStatus = Omit<ProjectionVersionStatus, 'lagEvents' | 'lagMs'> & {
  readonly lagEvents: number | null;
  readonly lagMs: number | null;
};
export type StatusReport = {
  readonly projections: readonly (Omit<ProjectionStatus, 'versions'> & {
    readonly versions: readonly VersionStatus[];
  })[];
  readonly head: string | null;
  readonly epoch: number | null;
  readonly isProjectorAlive: boolean;
  /** Why the event log did not answer. */
  readonly logProblem: string | null;
};

/** What `GET /operations/projections` answers, and whether anybody projects; does without the event log if need be. */
export const readStatus = async (pool: pg.Pool, log: EventLog): Promise<StatusReport> => {
  const [rows, isProjectorAlive] = await Promise.all([readVersions(pool), isAnybodyProjecting(pool)]);
  let logProblem: string | null = null;
  const whenThere = async <Value>(ask: () => Promise<Value>): Promise<Value | null> => {
    try {
      return logProblem === null ? await ask() : null;
    } catch (error) {
      logProblem = error instanceof Error ? error.message : String(error);
      return null;
    }
  };
  const head = await whenThere(() => log.headPosition());
  const epoch = await whenThere(() => log.epoch());
  const versions: { readonly name: string; readonly status: VersionStatus }[] = [];
  const lagAfter = lagReader(log);
  for (const row of rows) {
    versions.push({ name: row.projection, status: toStatus(row, await whenThere(() => lagAfter(row.position))) });
  }
  return {
    projections: toProjections(rows, versions),
    head: head?.toString() ?? null,
    epoch,
    isProjectorAlive,
    logProblem,
  };
};

const toProjections = (
  rows: readonly VersionRow[],
  versions: readonly { readonly name: string; readonly status: VersionStatus }[],
): StatusReport['projections'] =>
  [...new Set(rows.map(({ projection }) => projection))].map((name) => {
    const own = rows.filter(({ projection }) => projection === name);
    return {
      name,
      activeVersion: own.find(({ readBy }) => readBy === 'all')?.version ?? 1,
      previousVersion: own.find(({ isPrevious }) => isPrevious)?.version ?? null,
      bySite: projectionCatalogue[name]?.bySite ?? false,
      versions: versions.filter((one) => one.name === name).map(({ status }) => status),
    };
  });

const toStatus = (row: VersionRow, lag: Lag | null): VersionStatus => ({
  version: row.version,
  state: stateOfVersion(row, isRead(row)),
  siteId: row.siteId,
  readBy: row.readBy === 'all' ? 'all' : [...row.readBy],
  position: row.position.toString(),
  lagEvents: lag?.lagEvents ?? null,
  lagMs: lag?.lagMs ?? null,
  eventsPerSecond: Math.round(row.eventsPerSecond),
  deadLetters: row.deadLetters,
  ...(row.phase === 'rebuilding' ? { progress: progressOfRebuild(row) } : {}),
  throttle: row.throttle,
  ...(row.lastError === null ? {} : { lastError: row.lastError }),
  ...(row.verifiedAt === null
    ? {}
    : { verified: { at: row.verifiedAt.toISOString(), differences: row.differences ?? 0 } }),
});

/** Somebody holds a lease or works on a request; taken for granted where nothing is to be led. */
export const isAnybodyProjecting = async (pool: pg.Pool): Promise<boolean> => {
  const { rows } = await pool.query<{ alive: boolean }>(
    `select exists (select from read.projection_checkpoints where lease_expires_at > clock_timestamp())
         or exists (select from operations.requests
                    where state = 'running' and taken_at > clock_timestamp() - interval '5 seconds')
         or (exists (select from read.projection_checkpoints)
             and not exists (select from read.projection_checkpoints where not paused and not stopped)) as alive`,
  );
  return rows[0]?.alive ?? false;
};
