import { foldText } from '@ims/contracts/fold-text';

/** The words and phrases of a search that a hit must contain, folded; what is excluded is left out. */
export const searchWords = (search: string): string[] =>
  [...search.matchAll(/(-?)"([^"]*)"|(-?)([^\s"]+)/g)].flatMap(([, notPhrase, phrase, notWord, word]) => {
    if (notPhrase || notWord) return [];
    const words = foldText(phrase ?? word ?? '').split(/[^\p{L}\p{N}]+/u);
    return words.filter(Boolean);
  });

export type Piece = { readonly at: number; readonly text: string; readonly isMatch: boolean };

/** Cuts a text where one of its words begins with a searched word. */
export const markMatches = (text: string, words: readonly string[]): Piece[] => {
  if (words.length === 0 || text === '') return [{ at: 0, text, isMatch: false }];
  return [...text.matchAll(/[\p{L}\p{N}\p{M}]+|[^\p{L}\p{N}\p{M}]+/gu)].flatMap(({ 0: token, index }) => {
    const word = words.find((candidate) => foldText(token).startsWith(candidate));
    if (!word) return [{ at: index, text: token, isMatch: false }];
    const length = prefixLength(token, word);
    const rest = token.slice(length);
    const match = { at: index, text: token.slice(0, length), isMatch: true };
    return rest ? [match, { at: index + length, text: rest, isMatch: false }] : [match];
  });
};

/** How many characters of the original make up the folded prefix: folding may change the number of characters. */
const prefixLength = (original: string, folded: string): number => {
  for (let length = 1; length <= original.length; length += 1) {
    if (foldText(original.slice(0, length)).startsWith(folded) && !/^\p{M}/u.test(original.slice(length)))
      return length;
  }
  return original.length;
};

export const hasMatch = (text: string, words: readonly string[]): boolean =>
  markMatches(text, words).some(({ isMatch }) => isMatch);

/** The neighbourhood of the first match in a long text. */
export const excerpt = (text: string, words: readonly string[], around = 40): string => {
  const first = markMatches(text, words).find(({ isMatch }) => isMatch);
  if (!first) return '';
  const from = Math.max(0, first.at - around);
  const cut = text.slice(from, first.at + around * 2).replace(/\s+/g, ' ');
  return `${from > 0 ? '…' : ''}${cut}${first.at + around * 2 < text.length ? '…' : ''}`;
};
