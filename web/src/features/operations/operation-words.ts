import type { OperationRequest, ProjectionStatus, ProjectionVersionStatus } from '@ims/contracts/operations/api';
import type { Operation } from '@ims/contracts/operations/events';
import { allProjections } from '@ims/contracts/operations/projections';
import { durationWords } from '#ui/ago-words.ts';
import { formatNumber } from '#ui/date-words.ts';

/** What people see of a projection's rows. */
export const projectionWords: Readonly<Record<string, string>> = {
  interactions: 'The rows of the Finder, the bin and every record',
  statistics: 'How many interactions a site has',
  suggestions: 'Leads and locations offered while typing',
  access: 'Sites, and who may do what there',
  users: 'People and their names',
};

export const nameOf = (projection: string): string => (projection === allProjections ? 'all projections' : projection);

const verbs: Readonly<Record<Operation, string>> = {
  rebuild: 'Rebuild',
  pause: 'Pause',
  resume: 'Resume',
  switch: 'Switch',
  rollback: 'Roll back',
  verify: 'Verify',
  drop: 'Drop',
  'retry-dead-letter': 'Retry a dead letter of',
  'skip-dead-letter': 'Skip a dead letter of',
};

type Asked = Pick<OperationRequest, 'operation' | 'projection' | 'siteId' | 'version'>;

/** `Switch statistics to version 2 for one site`; a rollback is told its version by who carries it out. */
export const askedWords = ({ operation, projection, siteId, version }: Asked, siteName?: string): string => {
  const which = operation === 'switch' || operation === 'rollback' ? 'to version' : 'version';
  return [
    verbs[operation],
    nameOf(projection),
    version === null ? '' : `${which} ${version}`,
    siteId === null ? '' : `for ${siteName ?? 'one site'}`,
  ]
    .filter(Boolean)
    .join(' ');
};

export const stateWords: Readonly<Record<ProjectionVersionStatus['state'], string>> = {
  live: 'Live',
  ready: 'Ready',
  rebuilding: 'Rebuilding',
  paused: 'Paused',
  stopped: 'Stopped',
};

export const requestStateWords: Readonly<Record<OperationRequest['state'], string>> = {
  waiting: 'Waiting',
  running: 'Running',
  done: 'Done',
  refused: 'Refused',
  failed: 'Failed',
};

export const eventWords = (count: number): string => `${formatNumber(count)} ${count === 1 ? 'event' : 'events'}`;

/** `12 events, 3 s`; `None` where everything is in the rows, `Unknown` while the log cannot be read. */
export const lagWords = ({ lagEvents, lagMs }: Pick<ProjectionVersionStatus, 'lagEvents' | 'lagMs'>): string => {
  if (lagEvents === null || lagMs === null) return 'Unknown';
  return lagEvents === 0 ? 'None' : `${eventWords(lagEvents)}, ${durationWords(lagMs)}`;
};

export const rateWords = (eventsPerSecond: number): string => {
  if (eventsPerSecond === 0) return '0/s';
  return `${eventsPerSecond < 10 ? eventsPerSecond.toFixed(1) : formatNumber(Math.round(eventsPerSecond))}/s`;
};

/** `120,000 of 200,000 events, 812/s, 2 min left`. */
export const progressWords = ({
  progress,
  eventsPerSecond,
}: Pick<ProjectionVersionStatus, 'progress' | 'eventsPerSecond'>): string => {
  if (!progress) return '';
  const { done, total, etaSeconds } = progress;
  return [
    `${formatNumber(done)} of ${eventWords(total)}`,
    rateWords(eventsPerSecond),
    etaSeconds === null ? '' : `${durationWords(etaSeconds * 1_000)} left`,
  ]
    .filter(Boolean)
    .join(', ');
};

/** What is saved this moment always lags a little. */
const noticedLagMs = 5_000;

/** One sentence about all of it, for whoever only glances. */
export const summaryWords = (projections: readonly ProjectionStatus[]): string => {
  const versions = projections.flatMap(({ name, versions: all }) => all.map((version) => ({ name, ...version })));
  const read = versions.filter(({ readBy }) => readBy === 'all' || readBy.length > 0);
  const stopped = versions.filter(({ state }) => state === 'stopped');
  const paused = versions.filter(({ state }) => state === 'paused');
  const rebuilding = versions.filter(({ state }) => state === 'rebuilding');
  const behind = read.filter(({ state, lagMs }) => state === 'live' && (lagMs ?? 0) > noticedLagMs);
  const unknown = read.filter(({ state, lagMs }) => state === 'live' && lagMs === null);
  const parts = [
    counted(stopped, 'has stopped', 'have stopped'),
    counted(paused, 'is paused', 'are paused'),
    counted(rebuilding, 'is being rebuilt', 'are being rebuilt'),
    counted(behind, 'is catching up', 'are catching up'),
    unknown.length > 0 ? 'The event log cannot be read, so nobody knows how far behind projections are' : '',
  ].filter(Boolean);
  return parts.length > 0 ? `${parts.join('; ')}.` : 'All projections are current.';
};

const counted = (found: readonly { readonly name: string }[], one: string, several: string): string => {
  const names = [...new Set(found.map(({ name }) => name))];
  if (names.length === 0) return '';
  const words = names.length === 1 ? (names[0] ?? '') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
  return `${words.charAt(0).toUpperCase()}${words.slice(1)} ${names.length === 1 ? one : several}`;
};
