import { type Ref, useEffect, useRef, useState } from 'react';
import { ListSearch } from '#ui/list-search.tsx';
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
      <ListSearch
        ref={ref}
        label="Search interactions"
        placeholder="Search everything"
        longest={500}
        value={typed}
        change={type}
        empty={empty}
        enter={() => ask(typed)}
        leave={leave}
      />
    </search>
  );
};
