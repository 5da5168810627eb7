import { expect, it } from 'vitest';
import type { StatusReport, VersionStatus } from './read-status.ts';
import { showStatus } from './show-status.ts';

const version = (changes: Partial<VersionStatus>): VersionStatus => ({
  version: 1,
  state: 'live',
  siteId: null,
  readBy: 'all',
  position: '12345',
  lagEvents: 0,
  lagMs: 0,
  eventsPerSecond: 0,
  deadLetters: 0,
  throttle: null,
  ...changes,
});

const report = (versions: readonly VersionStatus[], changes: Partial<StatusReport> = {}): StatusReport => ({
  projections: [{ name: 'interactions', activeVersion: 1, previousVersion: null, bySite: true, versions }],
  head: '12345',
  epoch: 1,
  isProjectorAlive: true,
  logProblem: null,
  ...changes,
});

it('shows each version on a line, and what is being filled below', () => {
  const text = showStatus(
    report([
      version({ verified: { at: '2026-11-21T14:08:30.000Z', differences: 0 }, deadLetters: 1 }),
      version({
        version: 2,
        state: 'rebuilding',
        readBy: [],
        position: '900',
        lagEvents: 10_000,
        lagMs: 61_000,
        eventsPerSecond: 21_000,
        progress: { done: 900, total: 12_345, etaSeconds: 3 },
      }),
    ]),
  );
  expect(text.split('\n').map((line) => line.replaceAll(/ {2,}/g, ' | ').trim())).toEqual([
    'PROJECTION | VERSION | STATE | READERS | POSITION | LAG | LAG MS | EVENTS/S | DEAD LETTERS | VERIFIED',
    'interactions | 1 | live | all | 12345 | 0 | 0 | 0 | 1 | 2026-11-21 14:08 ok',
    'interactions | 2 | rebuilding | - | 900 | 10,000+ | 61,000 | 21,000 | 0 | -',
    '',
    'Event log: position 12345',
    'interactions v2 is being filled: 900 of 12,345 events, 3 s left',
    '',
  ]);
});

it('says that a checkpoint is ahead of a log that was restored', () => {
  expect(showStatus(report([version({ position: '12346', state: 'stopped' })]))).toMatch(/12346 +AHEAD/);
});

it('says what an operator must not overlook', () => {
  const text = showStatus(
    report([version({ state: 'stopped', lagEvents: null, lagMs: null, lastError: 'The checkpoint is ahead' })], {
      head: null,
      epoch: null,
      isProjectorAlive: false,
      logProblem: 'connect ECONNREFUSED',
    }),
  );
  expect(text).toMatch(/stopped .*\?.*\?/);
  expect(text).toContain('The event log does not answer, so lag is unknown: connect ECONNREFUSED');
  expect(text).toContain('NO PROJECTOR IS RUNNING');
  expect(text).toContain('interactions v1: The checkpoint is ahead');
});
