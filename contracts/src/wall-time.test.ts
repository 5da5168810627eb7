import { describe, expect, it, vi } from 'vitest';
import { isTimeZone } from './time-zone.ts';
import { dayBounds, resolveWallTime } from './wall-time.ts';

const resolve = (text: string, zone: string) => resolveWallTime(text, zone, '2026a');
const timeOf = (text: string, zone: string) => {
  const answer = resolve(text, zone);
  return answer.problem ? undefined : answer.time;
};
const instant = (text: string, zone: string) => timeOf(text, zone)?.instant;

describe('a wall time becomes an instant', () => {
  it('keeps what was typed beside the offset and the instant', () => {
    expect(resolve('2026-07-15T14:30', 'Europe/Brussels')).toEqual({
      time: { local: '2026-07-15T14:30', offset: '+02:00', instant: '2026-07-15T12:30:00.000Z', tzData: '2026a' },
      ambiguous: false,
      offsets: ['+02:00'],
    });
  });
  it('keeps seconds only where there are any', () => {
    expect(timeOf('2026-07-15T14:30:00', 'UTC')?.local).toBe('2026-07-15T14:30');
    expect(timeOf('2026-07-15T14:30:09', 'UTC')?.local).toBe('2026-07-15T14:30:09');
  });
  it.each([
    ['Asia/Kathmandu', '2026-01-01T00:00', '2025-12-31T18:15:00.000Z'],
    ['europe/brussels', '2026-01-15T12:00', '2026-01-15T11:00:00.000Z'],
    ['Africa/Casablanca', '2026-06-01T12:00', '2026-06-01T11:00:00.000Z'],
    ['Africa/Casablanca', '2026-03-01T12:00', '2026-03-01T12:00:00.000Z'],
    ['America/New_York', '1955-07-04T12:00', '1955-07-04T16:00:00.000Z'],
  ])('knows %s at %s', (zone, text, expected) => {
    expect(instant(text, zone)).toBe(expected);
  });
  it('knows offsets with seconds, from before time zones', () => {
    expect(timeOf('0050-06-01T00:00', 'Europe/Brussels')).toMatchObject({
      offset: '+00:17:30',
      instant: '0050-05-31T23:42:30.000Z',
    });
    expect(instant('1892-05-01T00:10+00:17', 'Europe/Brussels')).toBe('1892-04-30T23:52:30.000Z');
  });
  it.each(['2026-02-30T10:00', '2026-13-01T10:00', '2026-01-01T24:00', '0000-01-01T00:00', 'tomorrow'])(
    'refuses %s, which is no date and time',
    (text) => expect(resolve(text, 'UTC').problem).toBe('unreadable'),
  );
  it('refuses what falls outside the years 1 to 9999', () => {
    expect(resolve('9999-12-31T23:59', 'America/New_York').problem).toBe('out-of-range');
    expect(resolve('0001-01-01T00:00', 'Asia/Tokyo').problem).toBe('out-of-range');
    expect(instant('9999-12-31T23:59', 'Asia/Tokyo')).toBe('9999-12-31T14:59:00.000Z');
  });
});

describe('a wall time that clocks jump over', () => {
  it('is refused with the gap and the two nearest valid times', () => {
    expect(resolve('2026-03-29T02:30', 'Europe/Brussels')).toEqual({
      problem: 'gap',
      message:
        '2026-03-29T02:30 does not exist in Europe/Brussels: clocks go from 2026-03-29T02:00 straight to ' +
        '2026-03-29T03:00. The nearest valid times are 2026-03-29T01:59 and 2026-03-29T03:00.',
      gap: { from: '2026-03-29T02:00', to: '2026-03-29T03:00' },
      nearest: ['2026-03-29T01:59', '2026-03-29T03:00'],
    });
  });
  it('names the nearest second where seconds were typed', () => {
    expect(resolve('2026-03-29T02:30:15', 'Europe/Brussels')).toMatchObject({
      nearest: ['2026-03-29T01:59:59', '2026-03-29T03:00'],
    });
  });
  it('is refused with an offset too, because no clock ever showed it', () => {
    expect(resolve('2026-03-29T02:30+01:00', 'Europe/Brussels').problem).toBe('gap');
  });
  it.each([
    ['America/St_Johns', '2026-03-08T02:15', '2026-03-08T02:00', '2026-03-08T03:00'],
    ['Australia/Lord_Howe', '2026-10-04T02:15', '2026-10-04T02:00', '2026-10-04T02:30'],
    ['Africa/Casablanca', '2025-04-06T02:30', '2025-04-06T02:00', '2025-04-06T03:00'],
    ['Pacific/Apia', '2011-12-30T12:00', '2011-12-30T00:00', '2011-12-31T00:00'],
    ['Asia/Kathmandu', '1986-01-01T00:10', '1986-01-01T00:00', '1986-01-01T00:15'],
  ])('in %s at %s lies between %s and %s', (zone, text, from, to) => {
    expect(resolve(text, zone)).toMatchObject({ problem: 'gap', gap: { from, to } });
  });
});

describe('a wall time that exists twice', () => {
  it('is the earlier one, and says so', () => {
    expect(resolve('2026-10-25T02:30', 'Europe/Brussels')).toMatchObject({
      time: { offset: '+02:00', instant: '2026-10-25T00:30:00.000Z' },
      ambiguous: true,
      offsets: ['+02:00', '+01:00'],
    });
  });
  it('is the one whose offset is given', () => {
    expect(resolve('2026-10-25T02:30:00+01:00', 'Europe/Brussels')).toMatchObject({
      time: { local: '2026-10-25T02:30', offset: '+01:00', instant: '2026-10-25T01:30:00.000Z' },
      ambiguous: false,
    });
    expect(instant('2026-10-25T02:30+02:00', 'Europe/Brussels')).toBe('2026-10-25T00:30:00.000Z');
    expect(instant('2026-10-25T01:30Z', 'Europe/London')).toBe('2026-10-25T01:30:00.000Z');
  });
  it('is refused with an offset that the zone does not have then', () => {
    expect(resolve('2026-10-25T02:30+03:00', 'Europe/Brussels')).toMatchObject({
      problem: 'wrong-offset',
      message: 'Europe/Brussels is not at +03:00 on 2026-10-25T02:30, but at +02:00 or +01:00.',
    });
    expect(resolve('2026-07-15T14:30+01:00', 'Europe/Brussels').problem).toBe('wrong-offset');
  });
  it('may be half an hour long', () => {
    expect(resolve('2026-04-05T01:45', 'Australia/Lord_Howe')).toMatchObject({
      ambiguous: true,
      offsets: ['+11:00', '+10:30'],
    });
  });
});

describe('the instants of a calendar date', () => {
  it.each([
    ['an ordinary day', '2026-07-15', 'Europe/Brussels', '2026-07-14T22:00:00.000Z', '2026-07-15T22:00:00.000Z'],
    ['a day of 23 hours', '2026-03-29', 'Europe/Brussels', '2026-03-28T23:00:00.000Z', '2026-03-29T22:00:00.000Z'],
    ['a day that never was', '2011-12-30', 'Pacific/Apia', '2011-12-30T10:00:00.000Z', '2011-12-30T10:00:00.000Z'],
    ['a day from 01:00', '2018-11-04', 'America/Sao_Paulo', '2018-11-04T03:00:00.000Z', '2018-11-05T02:00:00.000Z'],
    ['midnight twice', '2025-11-02', 'America/Havana', '2025-11-02T04:00:00.000Z', '2025-11-03T05:00:00.000Z'],
    ['before that', '2025-11-01', 'America/Havana', '2025-11-01T04:00:00.000Z', '2025-11-02T04:00:00.000Z'],
    ['back past midnight', '2006-10-28', 'America/St_Johns', '2006-10-28T02:30:00.000Z', '2006-10-29T03:30:00.000Z'],
    ['the first day', '0001-01-01', 'Europe/Brussels', '0001-01-01T00:00:00.000Z', '0001-01-01T23:42:30.000Z'],
    ['the last day', '9999-12-31', 'America/New_York', '9999-12-31T05:00:00.000Z', '9999-12-31T23:59:59.999Z'],
  ])('%s: %s in %s', (_name, date, zone, start, end) => {
    expect(dayBounds(date, zone)).toEqual({ start, end });
  });
});

it('a zone in a thousand spellings takes no more memory than in one', () => {
  const spellings = Array.from({ length: 1_000 }, (_, number) =>
    [...'antarctica/dumontdurville'].map((letter, at) => ((number >> at) & 1 ? letter.toUpperCase() : letter)).join(''),
  );
  resolve('2026-07-15T14:30', spellings[0] ?? '');
  const formatters = vi.spyOn(Intl, 'DateTimeFormat');
  for (const zone of spellings) {
    expect(isTimeZone(zone)).toBe(true);
    expect(instant('2026-07-15T14:30', zone)).toBe('2026-07-15T04:30:00.000Z');
  }
  expect(formatters.mock.calls.length).toBeLessThan(10);
  formatters.mockRestore();
});

it('a zone has letters of the alphabet only, also where others have the same small letter', () => {
  expect(isTimeZone('Europe/Mos\u{212A}ow')).toBe(false);
  expect(isTimeZone('Europe/Moscow')).toBe(true);
});
