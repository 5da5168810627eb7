import { expect, it } from 'vitest';
import { type BookedState, progressOfRebuild, stateOfVersion } from './version-state.ts';

const quiet: BookedState = { stopped: false, paused: false, phase: 'rebuilding' };

it('a version tells first what an operator has to know first', () => {
  expect(stateOfVersion({ ...quiet, stopped: true, paused: true }, true)).toBe('stopped');
  expect(stateOfVersion({ ...quiet, paused: true }, true)).toBe('paused');
  expect(stateOfVersion(quiet, false)).toBe('rebuilding');
  expect(stateOfVersion({ ...quiet, phase: 'ready' }, false)).toBe('ready');
  expect(stateOfVersion({ ...quiet, phase: 'ready' }, true)).toBe('live');
});

it('a rebuild tells how far it is and how long it will take, also when the log grew meanwhile', () => {
  expect(progressOfRebuild({ processed: 250, total: 1_000, eventsPerSecond: 40 })).toEqual({
    done: 250,
    total: 1_000,
    etaSeconds: 19,
  });
  expect(progressOfRebuild({ processed: 1_200, total: 1_000, eventsPerSecond: 40 })).toEqual({
    done: 1_200,
    total: 1_200,
    etaSeconds: 0,
  });
  expect(progressOfRebuild({ processed: 0, total: 1_000, eventsPerSecond: 0 }).etaSeconds).toBeNull();
});
