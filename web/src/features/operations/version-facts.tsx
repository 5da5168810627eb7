import type { ProjectionVersionStatus } from '@ims/contracts/operations/api';
import type { ReactNode } from 'react';
import { agoWords } from '#ui/ago-words.ts';
import { formatInstant, formatNumber } from '#ui/date-words.ts';
import { lagWords, progressWords, rateWords } from './operation-words.ts';
import styles from './operations-page.module.css';
import { type NamedSite, siteName } from './site-names.ts';
import { VersionState } from './state-mark.tsx';

type Version = ProjectionVersionStatus;
export type Fact = { readonly name: string; readonly content: ReactNode; readonly isNumber?: boolean };

const Readers = ({ readBy, sites }: Pick<Version, 'readBy'> & { readonly sites: readonly NamedSite[] }) => {
  if (readBy === 'all') return 'Everybody';
  if (readBy.length === 0) return <span className={styles.quiet}>Nobody</span>;
  const names = readBy.map((id) => siteName(sites, id));
  if (names.length === 1) return names[0];
  return <span title={names.join(', ')}>{`${formatNumber(names.length)} sites`}</span>;
};

const Verified = ({ verified }: Pick<Version, 'verified'>) => {
  if (!verified) return <span className={styles.quiet}>Never</span>;
  const when = <span title={formatInstant(verified.at)}>{agoWords(verified.at)}</span>;
  if (verified.differences === 0) return <>No differences, {when}</>;
  return (
    <span className={styles.bad}>
      {`${formatNumber(verified.differences)} ${verified.differences === 1 ? 'row differs' : 'rows differ'}, `}
      {when}
    </span>
  );
};

const Lag = ({ version }: { readonly version: Version }) =>
  version.lagEvents === 0 ? <span className={styles.quiet}>None</span> : lagWords(version);

const DeadLetters = ({ deadLetters }: Pick<Version, 'deadLetters'>) =>
  deadLetters === 0 ? (
    <span className={styles.quiet}>0</span>
  ) : (
    <a className={styles.bad} href="#dead-letters">
      {formatNumber(deadLetters)}
    </a>
  );

/** What is known of a version, in the order of the table's columns. */
export const factsOf = (version: Version, sites: readonly NamedSite[]): readonly Fact[] => [
  { name: 'State', content: <VersionState state={version.state} /> },
  { name: 'Read by', content: <Readers readBy={version.readBy} sites={sites} /> },
  { name: 'Position', content: version.position, isNumber: true },
  { name: 'Lag', content: <Lag version={version} />, isNumber: true },
  { name: 'Rate', content: rateWords(version.eventsPerSecond), isNumber: true },
  { name: 'Dead letters', content: <DeadLetters deadLetters={version.deadLetters} />, isNumber: true },
  { name: 'Verified', content: <Verified verified={version.verified} /> },
];

export const factNames = ['State', 'Read by', 'Position', 'Lag', 'Rate', 'Dead letters', 'Verified'] as const;

/** How far a rebuild is, as a bar and in words; and what a version has to say for itself. */
export const VersionNote = ({ version, name }: { readonly version: Version; readonly name: string }) => {
  const { progress, lastError, state, throttle } = version;
  return (
    <>
      {progress && (
        <div className={styles.progress}>
          <progress
            className={styles.bar}
            aria-label={`Rebuild of ${name} version ${version.version}`}
            max={Math.max(progress.total, 1)}
            value={progress.done}
          />
          <span>
            {progressWords(version)}
            {throttle !== null && `, at most ${formatNumber(throttle)}/s`}
          </span>
        </div>
      )}
      {lastError && state !== 'stopped' && <p className={styles.problem}>{lastError}</p>}
    </>
  );
};

export const hasNote = ({ progress, lastError, state }: Version): boolean =>
  progress !== undefined || (lastError !== undefined && state !== 'stopped');

export const versionTitle = ({ version, siteId }: Version, sites: readonly NamedSite[]): string =>
  siteId === null ? `Version ${version}` : `Version ${version}, ${siteName(sites, siteId)} only`;
