import { type Refusal, refusal } from '@ims/contracts/error-codes';

type Term = {
  readonly words: readonly string[];
  readonly excluded: boolean;
  readonly kind: 'plain' | 'phrase' | 'open';
};

/** Weight of each field in the search vector (the projector's `interactions` table). */
export const searchWeights = { title: 'A', lead: 'B', location: 'C' } as const;
export type SearchField = keyof typeof searchWeights;

// PostgreSQL refuses a longer word (2,046 bytes); the stored side never indexes one either.
const longestWord = 100;

const wordsOf = (text: string): string[] => text.normalize('NFC').match(/[\p{L}\p{N}][\p{L}\p{N}\p{M}]*/gu) ?? [];

const operand = (word: string, flags: string): string => {
  const kept = [...word].slice(0, longestWord).join('');
  const suffix = kept.length < word.length && !flags.startsWith('*') ? `*${flags}` : flags;
  return suffix === '' ? `'${kept}'` : `'${kept}':${suffix}`;
};

const termsOf = (text: string): Term[] => {
  const found = text.matchAll(/(-?)"([^"]*)("|$)|([^\s"]+)/gu);
  return [...found]
    .map(([, minus, phrase, closing, plain]): Term => {
      if (plain !== undefined) return { words: wordsOf(plain), excluded: plain.startsWith('-'), kind: 'plain' };
      return { words: wordsOf(phrase ?? ''), excluded: minus === '-', kind: closing === '"' ? 'phrase' : 'open' };
    })
    .filter((term) => term.words.length > 0);
};

const written = (term: Term, prefixed: boolean): string => {
  const last = term.words.length - 1;
  const operands = term.words.map((word, at) => operand(word, prefixed && at === last ? '*' : ''));
  if (term.excluded) return `!(${operands.join(' <-> ')})`;
  return term.kind === 'plain' ? operands.join(' & ') : `(${operands.join(' <-> ')})`;
};

const noWord = (field: string): Refusal => {
  const message = `${field} needs at least one letter or digit`;
  return refusal('VALIDATION_ERROR', message, [{ field, message }]);
};

/**
 * What a person typed into the search box, as input of `to_tsquery`. All words must be there, "quoted words" beside each
 * other, `-excluded` ones not; the word still being typed (the last one outside closed quotes) counts as a beginning.
 * Every operand is quoted and holds letters, digits and marks only, so no input is a syntax error.
 */
export const searchQuery = (text: string): string | Refusal => {
  const terms = termsOf(text);
  if (terms.length === 0) return noWord('search');
  const typing = terms.findLastIndex((term) => !term.excluded && term.kind !== 'phrase');
  return terms.map((term, at) => written(term, at === typing)).join(' & ');
};

/** Beginnings of words that all stand in one field, as input of `to_tsquery`. */
export const fieldQuery = (field: SearchField, text: string): string | Refusal => {
  const words = wordsOf(text);
  if (words.length === 0) return noWord(field);
  return words.map((word) => operand(word, `*${searchWeights[field]}`)).join(' & ');
};
