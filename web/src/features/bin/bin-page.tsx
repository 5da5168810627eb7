import type { BinList, BinnedInteraction } from '@ims/contracts/interactions/api';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useSearchParams } from 'react-router';
import { interactionKeys, listBin } from '#api/interactions.ts';
import { nameOf, useRestore } from '#app/move-to-bin.tsx';
import { useLiveChanges, useSite } from '#app/site-context.ts';
import { Button, ButtonLink } from '#ui/button.tsx';
import { DataState, ErrorState } from '#ui/data-state.tsx';
import { formatDayOfYear, formatInstant, formatNumber, whenWords } from '#ui/date-words.ts';
import { paths } from '../../paths.ts';
import styles from './bin-page.module.css';

const BinRow = ({ binned }: { readonly binned: BinnedInteraction }) => {
  const { can } = useSite();
  const restore = useRestore();
  const name = nameOf(binned.title);
  return (
    <li className={styles.row}>
      <span className={styles.name}>{name}</span>
      <span className={styles.facts}>
        {[binned.type, binned.lead, whenWords(binned).text].filter(Boolean).join(' · ')}
      </span>
      <span className={styles.facts}>
        {`Moved here by ${binned.deletedBy.displayName}, ${formatInstant(binned.deletedAt)}. Can be restored until ${formatDayOfYear(binned.purgeAt)}.`}
      </span>
      {can('interaction.restore') && (
        <Button
          className={styles.restore}
          disabled={restore.isPending}
          aria-label={`Restore ${name}`}
          onClick={() => restore.mutate(binned)}
        >
          Restore
        </Button>
      )}
    </li>
  );
};

const Pages = ({ list, goTo }: { readonly list: BinList; readonly goTo: (page: number) => void }) => {
  const last = list.totalPages ?? list.page;
  if (last <= 1) return null;
  return (
    <nav className={styles.pages} aria-label="Pages">
      <Button disabled={list.page <= 1} onClick={() => goTo(list.page - 1)}>
        Page before
      </Button>
      {`${formatNumber(list.page)} of ${formatNumber(last)}`}
      <Button disabled={list.page >= last} onClick={() => goTo(list.page + 1)}>
        Page after
      </Button>
    </nav>
  );
};

const Content = ({ list, goTo }: { readonly list: BinList; readonly goTo: (page: number) => void }) => {
  const { siteId } = useSite();
  if (list.interactions.length === 0) {
    return (
      <DataState title="The bin is empty" text="What is moved to the bin can be restored here for 30 days.">
        <ButtonLink to={paths.finder(siteId)}>Go to the interactions</ButtonLink>
      </DataState>
    );
  }
  return (
    <>
      <ul className={styles.list}>
        {list.interactions.map((binned) => (
          <BinRow key={binned.id} binned={binned} />
        ))}
      </ul>
      <Pages list={list} goTo={goTo} />
    </>
  );
};

/** What was moved to the bin and can still be restored. */
export const BinPage = () => {
  const { site, siteId, can } = useSite();
  const queries = useQueryClient();
  const [parameters, setParameters] = useSearchParams();
  const page = Math.max(1, Number.parseInt(parameters.get('page') ?? '1', 10) || 1);
  const {
    data: list,
    error,
    refetch,
  } = useQuery({ ...listBin(siteId, page), refetchOnMount: 'always', enabled: can('interaction.readBin') });
  useLiveChanges((change) => {
    if (change.event === 'interactions')
      queries.invalidateQueries({ queryKey: interactionKeys.bin(siteId) }).catch(() => undefined);
  });
  return (
    <div className={styles.page}>
      <title>{`Bin · ${site.name}`}</title>
      <h1 className={styles.title}>Bin</h1>
      {!can('interaction.readBin') && (
        <DataState title="Your role does not open the bin" text="An administrator of the site can change that." />
      )}
      {list && list.interactions.length > 0 && (
        <p className={styles.about}>Interactions stay here for 30 days, then they are gone.</p>
      )}
      {error && !list && <ErrorState title="The bin could not be loaded" error={error} retry={() => void refetch()} />}
      {list && <Content list={list} goTo={(next) => setParameters({ page: String(next) })} />}
    </div>
  );
};
