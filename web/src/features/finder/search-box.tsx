import { type Ref, useEffect, useRef, useState } from 'react';
import { Button } from '#ui/button.tsx';
import { Icon } from '#ui/icons.tsx';
import styles from './finder.module.css';

const pauseMs = 500;
type SearchBoxProps = {
  readonly searched: string;
  readonly search: (text: string) => void;
  /** Gives the focus to the rows. */
  readonly leave: () => void;
  readonly ref: Ref<HTMLInputElement>;
};

/** Searches while it is typed in: after a pause, or at once with Enter. The arrow down leads into the rows. */
export const SearchBox = ({ searched, search, leave, ref }: SearchBoxProps) => {
  const [typed, setTyped] = useState(searched);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => setTyped(searched), [searched]);
  useEffect(() => () => clearTimeout(timer.current), []);
  const ask = (text: string): void => {
    clearTimeout(timer.current);
    if (text.trim() !== searched) search(text.trim());
  };
  const type = (text: string): void => {
    setTyped(text);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => ask(text), pauseMs);
  };
  const empty = (): void => {
    setTyped('');
    ask('');
  };
  return (
    <search className={styles.search}>
      <span className={styles.searchIcon}>
        <Icon name="search" />
      </span>
      <input
        ref={ref}
        type="search"
        className={styles.searchInput}
        aria-label="Search interactions"
        aria-keyshortcuts="/"
        placeholder="Search everything"
        autoComplete="off"
        spellCheck={false}
        maxLength={500}
        value={typed}
        onChange={(event) => type(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter') ask(typed);
          if (event.key === 'ArrowDown') {
            event.preventDefault();
            leave();
          }
          if (event.key !== 'Escape') return;
          event.stopPropagation();
          event.preventDefault();
          if (typed) empty();
          else leave();
        }}
      />
      {typed && (
        <Button kind="quiet" icon className={styles.searchClear} aria-label="Empty the search" onClick={empty}>
          <Icon name="close" />
        </Button>
      )}
    </search>
  );
};
