import { useQueries } from '@tanstack/react-query';
import { countInteractions } from '#api/interactions.ts';
import { useSite } from '#app/site-context.ts';
import { Button, ButtonLink } from '#ui/button.tsx';
import { DataState } from '#ui/data-state.tsx';
import { formatNumber, viewerZone } from '#ui/date-words.ts';
import { paths } from '../../paths.ts';
import { activeFilters, cleared } from './active-filters.ts';
import styles from './finder.module.css';
import { apiFilters, type FinderQuery } from './finder-url.ts';

/** A site that has no interactions at all. */
export const NothingYet = ({ search }: { readonly search: string }) => {
  const { site, siteId, can } = useSite();
  if (!can('interaction.create'))
    return <DataState title={`${site.name} has no interactions yet`} text="What editors record shows here." />;
  return (
    <DataState
      title={`${site.name} has no interactions yet`}
      text="Record the first one. A whole table can be brought in with the import command."
    >
      <ButtonLink kind="primary" to={paths.newInteraction(siteId) + search}>
        New interaction
      </ButtonLink>
    </DataState>
  );
};

type NoHitsProps = { readonly query: FinderQuery; readonly change: (query: FinderQuery) => void };

/** No row passes the filters: which are on, and how many rows there would be without each. */
export const NoHits = ({ query, change }: NoHitsProps) => {
  const { siteId } = useSite();
  const filters = activeFilters(query);
  const counts = useQueries({
    queries: filters.map(({ without }) => countInteractions(siteId, apiFilters(without, viewerZone()))),
  });
  return (
    <DataState title="No interactions match" text="Take one of the filters off:">
      {filters.map(({ name, words, without }, at) => {
        const count = counts[at]?.data;
        return (
          <Button key={name} onClick={() => change(without)}>
            {words} ×
            {count && (
              <span
                className={styles.shown}
              >{`${formatNumber(count.total)}${count.totalIsExact ? '' : '+'} without it`}</span>
            )}
          </Button>
        );
      })}
      {filters.length > 1 && (
        <Button kind="link" onClick={() => change(cleared(query))}>
          Clear all
        </Button>
      )}
    </DataState>
  );
};

/** An address of a page behind the last one. */
export const EmptyPage = ({ query, change }: NoHitsProps) => (
  <DataState title="This page is empty" text={`There are fewer than ${formatNumber(query.page)} pages.`}>
    <Button onClick={() => change({ ...query, page: 1 })}>Go to the first page</Button>
  </DataState>
);

const bones = Array.from({ length: 12 }, (_, at) => at);

/** Stands in the final layout while the very first rows are on their way. */
export const Skeleton = () => (
  <div className={styles.skeleton} aria-hidden="true">
    {bones.map((row) => (
      <div key={row} className={styles.skeletonRow}>
        {bones.slice(0, 5).map((bone) => (
          <span key={bone} className={styles.bone} />
        ))}
      </div>
    ))}
  </div>
);
