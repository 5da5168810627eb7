import type { Interaction, InteractionList } from '@ims/contracts/interactions/api';
import { lazy, type Ref, Suspense, useCallback, useMemo } from 'react';
import { useNavigate } from 'react-router';
import { useSite } from '#app/site-context.ts';
import { ErrorState, useLongerThan } from '#ui/data-state.tsx';
import { searchWords } from '#ui/match.ts';
import type { MenuItem } from '#ui/menu.tsx';
import { currentScreen, useScreen } from '#ui/screen.ts';
import { paths } from '../../paths.ts';
import { activeFilters } from './active-filters.ts';
import styles from './finder.module.css';
import type { RowsHandle } from './finder-grid.tsx';
import { EmptyPage, NoHits, NothingYet, Skeleton } from './finder-states.tsx';
import { Footer } from './footer.tsx';
import { InteractionRows } from './interaction-list.tsx';
import type { Finder } from './use-finder.ts';
import type { View } from './use-view.ts';

const loadGrid = async () => ({ default: (await import('./finder-grid.tsx')).FinderGrid });
const FinderGrid = lazy(loadGrid);
// The grid is on its way while the first rows are; if it does not arrive, showing the rows says so.
if (currentScreen() !== 'phone') loadGrid().catch(() => undefined);

type FinderRowsProps = {
  readonly finder: Finder;
  readonly view: View;
  readonly openId: string | undefined;
  /** Given while an open record follows the row that has the focus. */
  readonly follow: ((row: Interaction) => void) | undefined;
  readonly handle: Ref<RowsHandle>;
  readonly askToMove: (row: Interaction) => void;
};

const useRowActions = (search: string, askToMove: (row: Interaction) => void) => {
  const { siteId, can } = useSite();
  const navigate = useNavigate();
  return useCallback(
    (row: Interaction): readonly (readonly MenuItem[])[] => [
      [
        { label: 'Open', hint: 'Enter', run: () => void navigate(paths.interaction(siteId, row.id) + search) },
        ...(can('interaction.edit')
          ? [{ label: 'Edit', hint: 'e', run: () => void navigate(paths.editInteraction(siteId, row.id) + search) }]
          : []),
      ],
      can('interaction.delete')
        ? [{ label: 'Move to bin', hint: 'Delete', danger: true, run: () => askToMove(row) }]
        : [],
    ],
    [siteId, can, navigate, search, askToMove],
  );
};

const Table = ({
  finder,
  view,
  openId,
  follow,
  handle,
  askToMove,
  list,
}: FinderRowsProps & { readonly list: InteractionList }) => {
  const { siteId, site } = useSite();
  const navigate = useNavigate();
  const { query, change, search } = finder;
  const words = useMemo(() => searchWords(query.search), [query.search]);
  const href = useCallback((id: string) => paths.interaction(siteId, id) + search, [siteId, search]);
  const actions = useRowActions(search, askToMove);
  const context = useMemo(() => ({ words, href, actions }), [words, href, actions]);
  if (useScreen() === 'phone') return <InteractionRows rows={list.interactions} words={words} href={href} />;
  return (
    <Suspense fallback={<Skeleton />}>
      <FinderGrid
        rows={list.interactions}
        context={context}
        openId={openId}
        sort={query.sort}
        columns={view.shownColumns}
        rowHeight={view.rowHeight}
        label={`Interactions of ${site.name}`}
        open={(row) => void navigate(href(row.id), openId ? { replace: true } : {})}
        focusMoved={(row) => follow?.(row)}
        sortChanged={(sort) => change({ ...query, sort, page: 1 })}
        columnsChanged={view.tableChanged}
        handle={handle}
      />
    </Suspense>
  );
};

const Rows = (props: FinderRowsProps) => {
  const { list, result, query, change, search, isFirstLoad } = props.finder;
  if (!list && result.error) {
    return (
      <ErrorState
        title="The interactions could not be loaded"
        error={result.error}
        retry={() => void result.refetch()}
      />
    );
  }
  if (!list) return isFirstLoad ? <Skeleton /> : null;
  if (list.interactions.length > 0) return <Table {...props} list={list} />;
  if (query.page > 1 && list.total !== 0) return <EmptyPage query={query} change={change} />;
  return activeFilters(query).length > 0 ? <NoHits query={query} change={change} /> : <NothingYet search={search} />;
};

/** The table with what stands around it: what is loading, what waits to be shown, and the pages. */
export const FinderRows = (props: FinderRowsProps) => {
  const { list, live, query, change, usualSize, rememberSize, isCatchingUp, result } = props.finder;
  const isPhone = useScreen() === 'phone';
  // What could not be read again, or not yet, may have changed since.
  const isStale = useLongerThan(result.failureReason !== null, 2_000);
  return (
    <section className={styles.table} aria-label="Results" aria-busy={result.isFetching}>
      {isCatchingUp && <div className={styles.hairline} />}
      <div className={styles.rows}>
        <Rows {...props} />
      </div>
      {list && list.interactions.length > 0 && (
        <Footer
          list={list}
          live={live}
          page={query.page}
          size={query.pageSize ?? usualSize}
          staleSince={isStale ? result.dataUpdatedAt : undefined}
          isNarrow={isPhone || props.openId !== undefined}
          goTo={(page) => change({ ...query, page })}
          resize={(size) => {
            rememberSize(size);
            change({ ...query, pageSize: undefined, page: 1 });
          }}
        />
      )}
    </section>
  );
};
