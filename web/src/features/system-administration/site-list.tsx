import type { Site } from '@ims/contracts/sites/api';
import { Link, useLocation } from 'react-router';
import { ButtonLink } from '#ui/button.tsx';
import styles from '#ui/listing.module.css';
import { useScreen } from '#ui/screen.ts';
import { StateWord } from '#ui/state-word.tsx';
import { paths } from '../../paths.ts';

const State = ({ active }: Pick<Site, 'active'>) => (
  <StateWord tone={active ? 'on' : 'off'} word={active ? 'Active' : 'Inactive'} />
);

const Opens = ({ site }: { readonly site: Site }) => (
  <Link className={styles.opens} to={paths.siteOfSystem(site.id)} data-row={site.id}>
    {site.name}
  </Link>
);

/** The sites: a table, on a phone a list. */
export const SiteList = ({ sites }: { readonly sites: readonly Site[] }) => {
  const isPhone = useScreen() === 'phone';
  const { pathname } = useLocation();
  if (isPhone)
    return (
      <ul className={styles.list} aria-label="Sites">
        {sites.map((site) => (
          <li key={site.id} className={styles.item}>
            <div className={styles.line}>
              <Opens site={site} />
              <State active={site.active} />
            </div>
            <span className={styles.aside}>{site.description}</span>
          </li>
        ))}
      </ul>
    );
  return (
    <table className={styles.table}>
      <caption className="hidden">Sites</caption>
      <thead>
        <tr>
          <th scope="col">Name</th>
          <th scope="col">Description</th>
          <th scope="col">State</th>
          <th scope="col">
            <span className="hidden">Actions</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {sites.map((site) => (
          <tr key={site.id} data-open={pathname === paths.siteOfSystem(site.id)}>
            <th scope="row">
              <Opens site={site} />
            </th>
            <td>{site.description}</td>
            <td className={styles.whole}>
              <State active={site.active} />
            </td>
            <td className={styles.actions}>
              <ButtonLink kind="quiet" to={paths.administration(site.id)} aria-label={`Members of ${site.name}`}>
                Members
              </ButtonLink>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
};
