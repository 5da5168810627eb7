import type { ProjectionList, ProjectionStatus, ProjectionVersionStatus } from '@ims/contracts/operations/api';
import { projectionCatalogue } from '@ims/contracts/operations/projections';
import { progressOfRebuild, stateOfVersion } from '@ims/contracts/operations/version-state';
import { type Lag, type LagLog, lagReader } from '@ims/platform/operations/lag';
import { isoInstant } from '../instants.ts';
import { everySite } from '../read-state.ts';
import type { SharedTables } from '../site-scope.ts';
import { type Books, type ReadingRow, readBooks, type VersionRow } from './read-versions.ts';
import { whileAnswering } from './while-answering.ts';

export type StatusLog = LagLog & { headPosition(): Promise<bigint>; epoch(): Promise<number> };

/** An operator looks at this page because something is wrong: it does not hang with the log. */
const logPatienceMs = 2_000;

const readersOf = (row: VersionRow, readings: readonly ReadingRow[]): 'all' | string[] => {
  const sites = readings.filter(({ projection, version }) => projection === row.projection && version === row.version);
  return sites.some(({ site_id }) => site_id === everySite) ? 'all' : sites.map(({ site_id }) => site_id);
};

const progressOf = ({ phase, processed, total, events_per_second: eventsPerSecond }: VersionRow) =>
  phase === 'rebuilding'
    ? { progress: progressOfRebuild({ processed: Number(processed), total: Number(total), eventsPerSecond }) }
    : {};

type PerhapsLag = Lag | { readonly lagEvents: null; readonly lagMs: null };
const unknownLag = { lagEvents: null, lagMs: null } as const;

const toStatus = (row: VersionRow, readBy: 'all' | string[], lag: PerhapsLag): ProjectionVersionStatus => ({
  version: row.version,
  state: stateOfVersion(row, readBy === 'all' || readBy.length > 0),
  siteId: row.site_id,
  readBy,
  position: row.position.toString(),
  ...lag,
  eventsPerSecond: Math.max(0, row.events_per_second),
  deadLetters: Number(row.dead_letters),
  ...progressOf(row),
  throttle: row.throttle,
  ...(row.last_error === null ? {} : { lastError: row.last_error }),
  ...(row.verified_at === null
    ? {}
    : { verified: { at: isoInstant(row.verified_at), differences: row.differences ?? 0 } }),
});

const statusOf = async (
  name: string,
  { versions, readings }: Books,
  lagAfter: (position: bigint) => Promise<PerhapsLag>,
): Promise<ProjectionStatus> => {
  const common = readings.find(({ projection, site_id }) => projection === name && site_id === everySite);
  const rows = versions.filter(({ projection }) => projection === name);
  return {
    name,
    activeVersion: common?.version ?? 1,
    previousVersion: common?.previous ?? null,
    bySite: projectionCatalogue[name]?.bySite ?? false,
    versions: await Promise.all(
      rows.map(async (row) => toStatus(row, readersOf(row, readings), await lagAfter(row.position))),
    ),
  };
};

/** Every projection that IMS knows, with the versions of its tables that stand, also while the log cannot be read. */
export const readProjections = async (shared: SharedTables, log: StatusLog): Promise<ProjectionList> => {
  const { value: books } = await shared.read(readBooks);
  const lagAfter = lagReader(log);
  // Read after the books: no position is ahead of this head.
  const ask = whileAnswering(logPatienceMs);
  const [head, epoch] = await Promise.all([ask(() => log.headPosition()), ask(() => log.epoch())]);
  const names = Object.keys(projectionCatalogue);
  const projections = await Promise.all(
    names.map((name) => statusOf(name, books, async (position) => (await ask(() => lagAfter(position))) ?? unknownLag)),
  );
  return { projections, head: head?.toString() ?? null, epoch: epoch ?? null };
};
