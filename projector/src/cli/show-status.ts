import { countedLag } from '@ims/platform/operations/lag';
import type { StatusReport, VersionStatus } from './read-status.ts';
import { type Column, minute, number, renderTable } from './table.ts';

type Line = VersionStatus & { readonly name: string; readonly isAhead: boolean };

const unknown = '?';

const readers = ({ readBy }: Line): string => {
  if (readBy === 'all') return 'all';
  if (readBy.length === 0) return '-';
  return readBy.length === 1 ? '1 site' : `${readBy.length} sites`;
};

const lag = ({ lagEvents, isAhead }: Line): string => {
  if (isAhead) return 'AHEAD';
  if (lagEvents === null) return unknown;
  return lagEvents >= countedLag ? `${number(countedLag)}+` : number(lagEvents);
};

const verified = ({ verified: last }: Line): string => {
  if (!last) return '-';
  return `${minute(new Date(last.at))} ${last.differences === 0 ? 'ok' : `${number(last.differences)} differ`}`;
};

const columns: readonly Column<Line>[] = [
  { title: 'PROJECTION', of: ({ name }) => name },
  { title: 'VERSION', right: true, of: ({ version, siteId }) => `${version}${siteId ? ' (one site)' : ''}` },
  { title: 'STATE', of: ({ state }) => state },
  { title: 'READERS', of: readers },
  { title: 'POSITION', right: true, of: ({ position }) => position },
  { title: 'LAG', right: true, of: lag },
  { title: 'LAG MS', right: true, of: ({ lagMs }) => (lagMs === null ? unknown : number(lagMs)) },
  { title: 'EVENTS/S', right: true, of: ({ eventsPerSecond }) => number(eventsPerSecond) },
  { title: 'DEAD LETTERS', right: true, of: ({ deadLetters }) => number(deadLetters) },
  { title: 'VERIFIED', of: verified },
];

/** The report as lines of text: the table, then what an operator must not overlook. */
export const showStatus = ({ projections, head, epoch, isProjectorAlive, logProblem }: StatusReport): string => {
  const isAhead = ({ position }: VersionStatus): boolean => head !== null && BigInt(position) > BigInt(head);
  const lines = projections.flatMap(({ name, versions }) =>
    versions.map((version): Line => ({ ...version, name, isAhead: isAhead(version) })),
  );
  const log =
    head === null
      ? `The event log does not answer, so lag is unknown: ${logProblem ?? 'unknown reason'}`
      : `Event log: position ${head}${epoch === null || epoch === 1 ? '' : `, life ${epoch}`}`;
  return [
    ...renderTable(columns, lines),
    '',
    log,
    ...(isProjectorAlive ? [] : ['NO PROJECTOR IS RUNNING: nothing moves until one is started.']),
    ...lines.flatMap(({ name, version, progress }) => (progress ? [rebuilding(name, version, progress)] : [])),
    ...lines.flatMap(({ name, version, lastError }) => (lastError ? [`${name} v${version}: ${lastError}`] : [])),
    '',
  ].join('\n');
};

const rebuilding = (name: string, version: number, progress: NonNullable<Line['progress']>): string => {
  const { done, total, etaSeconds } = progress;
  const left = etaSeconds === null ? '' : `, ${number(etaSeconds)} s left`;
  return `${name} v${version} is being filled: ${number(done)} of ${number(total)} events${left}`;
};
