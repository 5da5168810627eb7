import { describe, expect, it } from 'vitest';
import { givenProjection, givenRequest, givenVersion } from '../../testing/given-operations.ts';
import { askedWords, lagWords, summaryWords } from './operation-words.ts';
import { isSomethingRunning } from './use-operations.ts';

describe('what was asked, in words', () => {
  it.each([
    [givenRequest(), 'Rebuild statistics'],
    [givenRequest({ operation: 'switch', version: 2 }), 'Switch statistics to version 2'],
    [givenRequest({ operation: 'rollback', version: 1 }), 'Roll back statistics to version 1'],
    [givenRequest({ operation: 'verify', projection: 'all' }), 'Verify all projections'],
    [givenRequest({ siteId: 'x' }), 'Rebuild statistics for one site'],
  ])('%#', (request, words) => expect(askedWords(request)).toBe(words));
});

describe('the summary of all projections', () => {
  it('is calm when all are current, also a moment after somebody saved', () => {
    const versions = [givenVersion({ lagEvents: 1, lagMs: 40 })];
    expect(summaryWords([givenProjection({ versions })])).toBe('All projections are current.');
  });

  it('does not call current what nobody can measure', () => {
    const version = givenVersion({ lagEvents: null, lagMs: null });
    expect(lagWords(version)).toBe('Unknown');
    expect(summaryWords([givenProjection({ versions: [version] })])).toContain('The event log cannot be read');
  });

  it('names what has stopped and what is being rebuilt', () => {
    const stopped = givenProjection({ name: 'users', versions: [givenVersion({ state: 'stopped' })] });
    const rebuilding = givenProjection({ versions: [givenVersion({ state: 'rebuilding', readBy: [] })] });
    expect(summaryWords([stopped, rebuilding])).toBe('Users has stopped; Statistics is being rebuilt.');
  });
});

describe('how often the page looks', () => {
  it('is often while a request is open or a rebuild runs, and seldom else', () => {
    const list = { projections: [givenProjection()] };
    expect(isSomethingRunning(list, [givenRequest({ state: 'done' })])).toBe(false);
    expect(isSomethingRunning(list, [givenRequest({ state: 'running' })])).toBe(true);
    const rebuilding = givenProjection({ versions: [givenVersion({ state: 'rebuilding' })] });
    expect(isSomethingRunning({ projections: [rebuilding] }, [])).toBe(true);
  });
});
