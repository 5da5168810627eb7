import { describe, expect, it } from 'vitest';
import { excerpt, markMatches, searchWords } from './match.ts';

const marked = (text: string, search: string): string[] =>
  markMatches(text, searchWords(search)).flatMap((piece) => (piece.isMatch ? [piece.text] : []));

describe('what was searched for', () => {
  it('is marked at the beginning of words, whatever accents and case they have', () => {
    expect(marked('Jérémy met jeremys adjérémy', 'jeremy')).toEqual(['Jérémy', 'jeremy']);
  });

  it('is marked when it is written with an accent and the text is decomposed', () => {
    expect(marked('Je\u0301re\u0301my', 'Jérémy')).toEqual(['Je\u0301re\u0301my']);
  });

  it('includes the words of a phrase and leaves out what is excluded', () => {
    expect(searchWords('budget "second quarter" -draft -"old plan" x@acme.com')).toEqual([
      'budget',
      'second',
      'quarter',
      'x',
      'acme',
      'com',
    ]);
  });

  it('is nothing for a search of operators only', () => {
    expect(searchWords('"-|&!()*:')).toEqual([]);
  });

  it('is shown with its neighbourhood where it stands in a long text', () => {
    expect(excerpt(`${'before '.repeat(20)}budget${' after'.repeat(40)}`, ['budget'])).toMatch(/^….*budget.*…$/);
  });
});
