import type { Site } from '@ims/contracts/sites/api';
import { Link, useLocation } from 'react-router';
import { ButtonLink } from '#ui/button.tsx';
import { ListItem } from '#ui/list-item.tsx';
import styles from '#ui/listing.module.css';
import { useScreen } from '#ui/screen.ts';
import { StateWord } from '#ui/state-word.tsx';
import { Table } from '#ui/table.tsx';
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
          <ListItem key={site.id} name={<Opens site={site} />} state={<State active={site.active} />}>
            <span className={styles.aside}>{site.description}</span>
          </ListItem>
        ))}
      </ul>
    );
  return (
    <Table caption="Sites" columns={['Name', 'Description', 'State']} hasActions className={styles.table}>
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
    </Table>
  );
};
