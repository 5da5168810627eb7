import type { Site } from '@ims/contracts/sites/api';
import { useQuery } from '@tanstack/react-query';
import { useLocation, useNavigate } from 'react-router';
import { sites as sitesQuery } from '#api/sites.ts';
import { useCommands } from '#app/commands.ts';
import { ButtonLink } from '#ui/button.tsx';
import { DataState, ErrorState, useLongerThan } from '#ui/data-state.tsx';
import { formatNumber } from '#ui/date-words.ts';
import listing from '#ui/listing.module.css';
import { paths } from '../../paths.ts';
import { ListWithPanel } from './beside-list.tsx';
import { SiteList } from './site-list.tsx';
import styles from './system-page.module.css';

const countWords = (sites: readonly Site[]): string =>
  `${formatNumber(sites.length)} ${sites.length === 1 ? 'site' : 'sites'}`;

const NewSiteLink = ({ isOpen }: { readonly isOpen: boolean }) => (
  <ButtonLink kind={isOpen ? 'plain' : 'primary'} className={listing.push} to={paths.newSite} aria-keyshortcuts="n">
    New site
  </ButtonLink>
);

const Content = () => {
  const { data: sites, error, isPending, refetch } = useQuery({ ...sitesQuery(), staleTime: 0 });
  const { pathname } = useLocation();
  const isLate = useLongerThan(isPending);
  if (!sites) {
    if (error) return <ErrorState title="The sites could not be read" error={error} retry={() => void refetch()} />;
    return isLate ? <p className={styles.text}>Reading the sites.</p> : null;
  }
  if (sites.length === 0)
    return (
      <DataState
        title="There is no site yet"
        text="Interactions are recorded on a site, by those who have a role there."
      >
        <ButtonLink kind="primary" to={paths.newSite}>
          New site
        </ButtonLink>
      </DataState>
    );
  return (
    <>
      <div className={listing.tools}>
        <span className={listing.count}>{countWords(sites)}</span>
        <NewSiteLink isOpen={pathname !== paths.sites} />
      </div>
      <SiteList sites={sites} />
    </>
  );
};

/** Every site, and one of them beside the list. */
export const SitesPart = () => {
  const navigate = useNavigate();
  const openNew = (): void => void navigate(paths.newSite);
  useCommands([{ label: 'New site', words: 'add office', keys: 'n', run: openNew }]);
  return (
    <ListWithPanel address={paths.sites} openNew={openNew}>
      <title>Sites · System</title>
      <Content />
    </ListWithPanel>
  );
};
