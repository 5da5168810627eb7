import { describe, expect, it } from 'vitest';
import { agoWords, durationWords } from './ago-words.ts';

const now = Date.parse('2026-03-03T12:00:00Z');

describe('how long ago', () => {
  it.each([
    ['2026-03-03T11:59:40Z', 'just now'],
    ['2026-03-03T11:57:00Z', '3 min ago'],
    ['2026-03-03T09:00:00Z', '3 h ago'],
  ])('%s reads %s', (instant, words) => expect(agoWords(instant, now)).toBe(words));
});

describe('how long', () => {
  it.each([
    [0, '0 ms'],
    [420, '420 ms'],
    [3_400, '3 s'],
    [125_000, '2 min'],
    [3_900_000, '1 h 5 min'],
    [200_000_000, '2 days'],
  ])('%i ms reads %s', (milliseconds, words) => expect(durationWords(milliseconds)).toBe(words));
});
