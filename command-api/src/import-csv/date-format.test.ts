import { describe, expect, it } from 'vitest';
import { dateFormatProblem, laterBy, readWallTime } from './date-format.ts';

describe('a date in a cell', () => {
  it.each([
    ['27-10-2021', 'dd-mm-yyyy', '2021-10-27T09:00'],
    [' 7-1-2021 ', 'dd-mm-yyyy', '2021-01-07T09:00'],
    ['10/27/2021', 'mm/dd/yyyy', '2021-10-27T09:00'],
    ['2021-10-27 8:05', 'yyyy-mm-dd hh:mm', '2021-10-27T08:05'],
    ['27.10.2021 18:05:09', 'dd.mm.yyyy hh:mm:ss', '2021-10-27T18:05:09'],
    ['20211027', 'yyyymmdd', '2021-10-27T09:00'],
    ['31-02-2021', 'dd-mm-yyyy', '2021-02-31T09:00'],
  ])('%s as %s is %s', (cell, format, wallTime) => {
    expect(readWallTime(cell, format, '09:00')).toBe(wallTime);
  });
  it.each(['2021-10-27', '27-10-21', '27x10-2021', '', '27-10-2021 9:00'])('%s is not dd-mm-yyyy', (cell) => {
    expect(readWallTime(cell, 'dd-mm-yyyy', '09:00')).toBeUndefined();
  });
  it.each(['dd-mm', 'dd-mm-yyyy hh', 'dd-dd-mm-yyyy', 'yesterday'])('%s is no format', (format) => {
    expect(dateFormatProblem(format)).toContain('is not a format');
  });
  it('lasts some minutes by the clock on the wall', () => {
    expect(laterBy('2021-12-31T23:30', 60)).toBe('2022-01-01T00:30');
    expect(laterBy('2021-12-31T23:30:09', 1)).toBe('2021-12-31T23:31:09');
  });
});
