import type { RefObject } from 'react';
import { useSite } from '#app/site-context.ts';
import { ButtonLink } from '#ui/button.tsx';
import { Icon } from '#ui/icons.tsx';
import { useScreen } from '#ui/screen.ts';
import { paths } from '../../paths.ts';
import { FilterButton } from './filter-button.tsx';
import styles from './finder.module.css';
import { SearchBox } from './search-box.tsx';
import { SortButton } from './sort-button.tsx';
import type { Finder } from './use-finder.ts';
import type { View } from './use-view.ts';
import { ViewOptions } from './view-options.tsx';

type FinderToolsProps = {
  readonly finder: Finder;
  readonly view: View;
  readonly searchBox: RefObject<HTMLInputElement | null>;
  readonly filterButton: RefObject<{ open: () => void } | null>;
  readonly leaveSearch: () => void;
};

/** The Finder's first line. */
export const FinderTools = ({ finder, view, searchBox, filterButton, leaveSearch }: FinderToolsProps) => {
  const { siteId, can } = useSite();
  const { query, change, search } = finder;
  const isPhone = useScreen() === 'phone';
  const newLink = can('interaction.create') && (
    <ButtonLink
      kind="primary"
      className={isPhone ? styles.newOnPhone : styles.push}
      to={paths.newInteraction(siteId) + search}
      aria-keyshortcuts="n"
    >
      <Icon name="plus" /> New interaction
    </ButtonLink>
  );
  return (
    <div className={styles.tools}>
      <SearchBox
        ref={searchBox}
        searched={query.search}
        search={(text) => change({ ...query, search: text, page: 1 }, query.search ? 'replace' : 'step')}
        leave={leaveSearch}
      />
      <FilterButton ref={filterButton} finder={finder} />
      {isPhone ? <SortButton query={query} change={change} /> : <ViewOptions view={view} />}
      {newLink}
    </div>
  );
};
