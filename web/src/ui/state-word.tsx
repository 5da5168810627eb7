import { ShapedWord } from './shaped-word.tsx';
import styles from './state-word.module.css';

export type StateTone = 'on' | 'off' | 'waiting' | 'held';

/** A state as a small shape and its word: never by colour alone. */
export const StateWord = ({ tone, word }: { readonly tone: StateTone; readonly word: string }) => (
  <ShapedWord shape={styles[tone]} tone={styles[`${tone}Word`]} word={word} />
);
