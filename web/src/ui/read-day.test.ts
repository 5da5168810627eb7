import { describe, expect, it } from 'vitest';
import { readDay, readTime } from './read-day.ts';

const today = '2026-03-04';

describe('a typed day', () => {
  it.each([
    ['2026-03-15', '2026-03-15'],
    ['15 mar', '2026-03-15'],
    ['mar 15', '2026-03-15'],
    ['15/3', '2026-03-15'],
    ['15.3.27', '2027-03-15'],
    ['Sun 15 Mar 2026', '2026-03-15'],
    ['tomorrow', '2026-03-05'],
    ['+7', '2026-03-11'],
    ['fri', '2026-03-06'],
    ['wednesday', '2026-03-11'],
  ])('%s is understood', (typed, day) => {
    expect(readDay(typed, today)).toBe(day);
  });

  it.each(['', 'soon', '31/2', '15', '1 2 3 4', '40 mar'])('“%s” is not guessed at', (typed) => {
    expect(readDay(typed, today)).toBeUndefined();
  });
});

describe('a typed time', () => {
  it.each([
    ['9', '09:00'],
    ['930', '09:30'],
    ['0930', '09:30'],
    ['14.30', '14:30'],
    ['9h30', '09:30'],
    ['2pm', '14:00'],
    ['12 am', '00:00'],
  ])('%s is understood', (typed, time) => {
    expect(readTime(typed)).toBe(time);
  });

  it.each(['', '25', '9:60', '13pm', 'noon'])('“%s” is not guessed at', (typed) => {
    expect(readTime(typed)).toBeUndefined();
  });
});
