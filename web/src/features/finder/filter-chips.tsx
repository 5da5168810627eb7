import type { InteractionList } from '@ims/contracts/interactions/api';
import { Button } from '#ui/button.tsx';
import { formatNumber } from '#ui/date-words.ts';
import { Icon } from '#ui/icons.tsx';
import { activeFilters, cleared } from './active-filters.ts';
import styles from './finder.module.css';
import type { FinderQuery } from './finder-url.ts';

type FilterChipsProps = {
  readonly query: FinderQuery;
  readonly list: InteractionList | undefined;
  readonly change: (query: FinderQuery) => void;
};

/** `28`, or `10,000+` where nobody counted further. */
export const totalWords = ({ total, totalIsExact }: Pick<InteractionList, 'total' | 'totalIsExact'>): string =>
  total === null ? '' : `${formatNumber(total)}${totalIsExact ? '' : '+'}`;

/** The line that stands only while something is filtered. */
export const FilterChips = ({ query, list, change }: FilterChipsProps) => {
  const filters = activeFilters(query);
  if (filters.length === 0) return null;
  return (
    <section className={styles.filters} aria-label="Filters that are on">
      {filters.map(({ name, words, without }) => (
        <button
          key={name}
          type="button"
          className={styles.chip}
          aria-label={`Remove ${words}`}
          title={words}
          onClick={() => change(without)}
        >
          <span className={styles.chipWords}>{words}</span>
          <Icon name="close" />
        </button>
      ))}
      {list && <span className={styles.shown}>{`${totalWords(list)} of ${formatNumber(list.unfilteredTotal)}`}</span>}
      <Button kind="link" onClick={() => change(cleared(query))}>
        Clear
      </Button>
    </section>
  );
};
