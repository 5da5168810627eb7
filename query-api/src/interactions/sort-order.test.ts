import { describe, expect, test } from 'vitest';
import { afterPlace, completeSort, orderBy, sortKeys } from './sort-order.ts';

const newest = sortKeys([{ field: 'startDateTime', direction: 'desc' }]);
const byTitle = sortKeys([
  { field: 'title', direction: 'asc' },
  { field: 'startDateTime', direction: 'desc' },
]);

describe('the order of a list', () => {
  test('newest start first is the order of the index', () => {
    expect(orderBy(newest)).toBe('r.start_utc desc, r.id desc');
  });

  test('ends with the id also after several keys', () => {
    expect(orderBy(byTitle)).toBe('r.title asc, r.start_utc desc, r.id desc');
  });

  test('shows the newest first within a type', () => {
    const byType = completeSort([{ field: 'type', direction: 'asc' }]);
    expect(orderBy(sortKeys(byType))).toBe('r.type asc, r.start_utc desc, r.id desc');
  });

  test('goes on after a row by comparing whole rows when all keys run one way', () => {
    expect(afterPlace(newest, ['$2', '$3'])).toBe('(r.start_utc, r.id) < ($2, $3)');
  });

  test('goes on after a row in mixed directions, beginning at a bound the index knows', () => {
    expect(afterPlace(byTitle, ['$2', '$3', '$4'])).toBe(
      'r.title >= $2 and ((r.title > $2) or (r.title = $2 and r.start_utc < $3)' +
        ' or (r.title = $2 and r.start_utc = $3 and r.id < $4))',
    );
  });
});
