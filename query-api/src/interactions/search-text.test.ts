import { isRefusal } from '@ims/contracts/error-codes';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fieldQuery, searchQuery } from './search-text.ts';

describe('the search box', () => {
  test.each([
    ['budget', "'budget':*"],
    ['budget review', "'budget' & 'review':*"],
    ['"second quarter"', "('second' <-> 'quarter')"],
    ['"second quarter" bud', "('second' <-> 'quarter') & 'bud':*"],
    ['budget -draft', "'budget':* & !('draft')"],
    ['-"second quarter" budget', "!('second' <-> 'quarter') & 'budget':*"],
    ['-draft', "!('draft')"],
    ['--draft', "!('draft')"],
    ['- draft', "'draft':*"],
    ['x@acme.com', "'x' & 'acme' & 'com':*"],
    ['2026-03-15', "'2026' & '03' & '15':*"],
    ['-2026-03-15', "!('2026' <-> '03' <-> '15')"],
    ["O'Brien", "'O' & 'Brien':*"],
    ['Jérémy', "'Jérémy':*"],
    ['Jérémy', "'Jérémy':*"],
  ])('%s is read as %s', (typed, expected) => {
    expect(searchQuery(typed)).toBe(expected);
  });

  test('a quote that is still open is a phrase whose last word is being typed', () => {
    expect(searchQuery('"second quar')).toBe("('second' <-> 'quar':*)");
  });

  test('a quote in the middle of a word begins a phrase', () => {
    expect(searchQuery('room"second floor"')).toBe("'room':* & ('second' <-> 'floor')");
  });

  test.each(['"-|&!()*:', '""', '-', '   ', "'", '\\', '<->', ':*'])('%s alone is refused', (typed) => {
    const answer = searchQuery(typed);
    expect(isRefusal(answer) && answer.code === 'VALIDATION_ERROR' && answer.details[0]?.field === 'search').toBe(true);
  });

  test('a word no index holds is cut and becomes a beginning', () => {
    expect(searchQuery(`${'a'.repeat(500)} b`)).toBe(`'${'a'.repeat(100)}':* & 'b':*`);
  });

  test('nothing that was typed leaves its quotes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (typed) => {
        const answer = searchQuery(typed);
        if (isRefusal(answer)) return true;
        return (
          answer.replace(/'[\p{L}\p{N}\p{M}]+'/gu, 'w').match(/^(!?\(?w(:\*)?( <-> w(:\*)?)*\)?( & )?)+$/) !== null
        );
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('the filter of one field', () => {
  test('takes beginnings of words in that field only', () => {
    expect(fieldQuery('title', 'bud rev')).toBe("'bud':*A & 'rev':*A");
    expect(fieldQuery('lead', 'jér')).toBe("'jér':*B");
    expect(fieldQuery('location', 'room-4')).toBe("'room':*C & '4':*C");
  });

  test('of only operators is refused by its name', () => {
    const answer = fieldQuery('lead', '&|!');
    expect(isRefusal(answer) && answer.details[0]?.field).toBe('lead');
  });
});
