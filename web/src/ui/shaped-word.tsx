import clsx from 'clsx';
import styles from './shaped-word.module.css';

type ShapedWordProps = {
  /** Class of the shape, on top of a small circle. */
  readonly shape: string | undefined;
  /** Class of the whole, where the word has a colour too. */
  readonly tone?: string | undefined;
  readonly word: string;
};

/** A small shape and its word: never by colour alone. */
export const ShapedWord = ({ shape, tone, word }: ShapedWordProps) => (
  <span className={clsx(styles.word, tone)}>
    <span className={clsx(styles.shape, shape)} aria-hidden="true" />
    {word}
  </span>
);
