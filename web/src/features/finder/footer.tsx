import type { InteractionList } from '@ims/contracts/interactions/api';
import { Button } from '#ui/button.tsx';
import { formatNumber, viewerZone, wallTimeIn } from '#ui/date-words.ts';
import { Icon } from '#ui/icons.tsx';
import { totalWords } from './filter-chips.tsx';
import styles from './finder.module.css';
import { type PageSize, pageSizes } from './finder-url.ts';
import { pageNumbers } from './pages.ts';

type FooterProps = {
  readonly list: InteractionList;
  readonly live: { readonly waiting: string; readonly show: () => void };
  readonly page: number;
  readonly size: PageSize;
  readonly isNarrow: boolean;
  /** When the rows were read (epoch ms), given only where they may be older than what is saved. */
  readonly staleSince: number | undefined;
  readonly goTo: (page: number) => void;
  readonly resize: (size: PageSize) => void;
};

const PageNumbers = ({
  page,
  last,
  goTo,
}: {
  readonly page: number;
  readonly last: number;
  readonly goTo: (page: number) => void;
}) => (
  <>
    {pageNumbers(page, last).map((number, at) =>
      number === 0 ? (
        // biome-ignore lint/suspicious/noArrayIndexKey: a gap has no other name than its place
        <span key={`gap ${at}`} className={styles.gap}>
          …
        </span>
      ) : (
        <Button
          key={number}
          kind="quiet"
          className={styles.page}
          aria-label={`Page ${number}`}
          {...(number === page ? { 'aria-current': 'page' } : {})}
          onClick={() => goTo(number)}
        >
          {formatNumber(number)}
        </Button>
      ),
    )}
  </>
);

export const Footer = ({ list, live, page, size, isNarrow, staleSince, goTo, resize }: FooterProps) => {
  const last = Math.max(list.totalPages ?? page + (list.interactions.length < size ? 0 : 1), 1);
  return (
    <footer className={styles.footer}>
      <nav className={styles.pages} aria-label="Pages">
        <Button
          kind="quiet"
          className={styles.page}
          aria-label="Page before"
          disabled={page <= 1}
          onClick={() => goTo(page - 1)}
        >
          <Icon name="left" />
        </Button>
        {isNarrow ? (
          <span>{`${formatNumber(page)} of ${formatNumber(last)}`}</span>
        ) : (
          <PageNumbers page={page} last={last} goTo={goTo} />
        )}
        <Button
          kind="quiet"
          className={styles.page}
          aria-label="Page after"
          disabled={page >= last}
          onClick={() => goTo(page + 1)}
        >
          <Icon name="right" />
        </Button>
      </nav>
      {!isNarrow && (
        <label className={styles.size}>
          Rows
          <select
            className={styles.select}
            value={size}
            onChange={(event) => {
              const chosen = pageSizes.find((one) => String(one) === event.target.value);
              if (chosen) resize(chosen);
            }}
          >
            {pageSizes.map((one) => (
              <option key={one}>{one}</option>
            ))}
          </select>
        </label>
      )}
      {live.waiting && (
        <Button kind="quiet" className={styles.waiting} onClick={live.show}>
          {live.waiting}
        </Button>
      )}
      {staleSince !== undefined && (
        <span className={styles.stale}>{`As of ${wallTimeIn(staleSince, viewerZone()).slice(11)}`}</span>
      )}
      <span className={styles.push}>{`${totalWords(list)} ${list.total === 1 ? 'interaction' : 'interactions'}`}</span>
    </footer>
  );
};
