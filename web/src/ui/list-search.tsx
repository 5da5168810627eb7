import type { Ref } from 'react';
import { Button } from './button.tsx';
import { Icon } from './icons.tsx';
import styles from './list-search.module.css';

type ListSearchProps = {
  readonly label: string;
  /** Without it the label stands in the empty box. */
  readonly placeholder?: string;
  readonly longest?: number;
  readonly value: string;
  readonly change: (value: string) => void;
  /** Where emptying is more than a change to nothing. */
  readonly empty?: () => void;
  readonly enter?: () => void;
  /** Gives the focus to the rows. */
  readonly leave?: () => void;
  readonly ref?: Ref<HTMLInputElement>;
};

/** Narrows a list while it is typed in; `/` leads here, the arrow down into the rows, Esc empties it. */
export const ListSearch = ({
  label,
  placeholder = label,
  longest = 200,
  value,
  change,
  empty = () => change(''),
  enter,
  leave,
  ref,
}: ListSearchProps) => (
  <div className={styles.search}>
    <span className={styles.icon}>
      <Icon name="search" />
    </span>
    <input
      ref={ref}
      type="search"
      className={styles.input}
      aria-label={label}
      aria-keyshortcuts="/"
      placeholder={placeholder}
      autoComplete="off"
      spellCheck={false}
      maxLength={longest}
      value={value}
      onChange={(event) => change(event.target.value)}
      onKeyDown={(event) => {
        if (event.key === 'Enter') enter?.();
        if (event.key === 'ArrowDown' && leave) {
          event.preventDefault();
          leave();
        }
        if (event.key !== 'Escape') return;
        event.stopPropagation();
        event.preventDefault();
        if (value) empty();
        else leave?.();
      }}
    />
    {value && (
      <Button kind="quiet" icon className={styles.clear} aria-label="Empty the search" onClick={empty}>
        <Icon name="close" />
      </Button>
    )}
  </div>
);
