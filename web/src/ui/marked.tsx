import { markMatches } from './match.ts';

/** A text with what was searched for marked in it. */
export const Marked = ({ text, words }: { readonly text: string; readonly words: readonly string[] }) =>
  words.length === 0
    ? text
    : markMatches(text, words).map((piece) =>
        piece.isMatch ? <mark key={piece.at}>{piece.text}</mark> : <span key={piece.at}>{piece.text}</span>,
      );
