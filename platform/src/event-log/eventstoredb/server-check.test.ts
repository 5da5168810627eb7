import { expect, it } from 'vitest';
import { failureOf } from './failures.ts';
import { isTooOld, unsafeFlags } from './server-check.ts';

it.each([
  ['23.10.8', false],
  ['22.6.0', false],
  ['25.0.1', false],
  ['22.5.9', true],
  ['21.10.11', true],
  ['unknown', true],
  ['', true],
])('takes version %s of the server for too old: %s', (version, tooOld) => {
  expect(isTooOld(version)).toBe(tooOld);
});

it('warns of what the server says it was started with, and only of that', () => {
  const options = [
    { name: 'MemDb', value: 'True' },
    { name: 'UnsafeIgnoreHardDelete', value: 'true' },
    { name: 'UnsafeDisableFlushToDisk', value: 'False' },
    { name: 'WorkerThreads', value: '5' },
  ];

  expect(unsafeFlags(options).map((sentence) => /--[a-z-]+/.exec(sentence)?.[0])).toEqual([
    '--mem-db',
    '--unsafe-ignore-hard-delete',
  ]);
  expect(unsafeFlags(undefined)).toEqual([]);
});

it.each([
  ['wrong password', { code: 16 }, 'refused'],
  ['no right to it', { code: 7 }, 'refused'],
  ['no right to it, as an append says it', { type: 'access-denied' }, 'refused'],
  ['an event that is too large', { type: 'maximum-append-size-exceeded' }, 'definite'],
  ['another node leads now', { type: 'not-leader', code: 5 }, 'later'],
  ['no answer', { code: 4 }, 'later'],
  ['something never seen', {}, 'later'],
])('knows what to do about: %s', (_, details, failure) => {
  expect(failureOf(Object.assign(new Error('from the client'), details))).toBe(failure);
});
