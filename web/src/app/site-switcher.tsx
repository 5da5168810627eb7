import type { SignedInUser, SiteMembership } from '@ims/contracts/auth/api';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from 'react-router';
import { chooseSite } from '#api/auth.ts';
import { siteKeys } from '#api/sites.ts';
import { Icon } from '#ui/icons.tsx';
import { Menu } from '#ui/menu.tsx';
import { Popover } from '#ui/popover.tsx';
import { paths } from '../paths.ts';
import styles from './shell.module.css';

export const roleWords = {
  viewer: 'Viewer',
  editor: 'Editor',
  auditor: 'Auditor',
  administrator: 'Administrator',
} as const;

/** Opens the Finder of another site and forgets what was read on the one before. */
export const useOpenSite = (current: SiteMembership | undefined) => {
  const navigate = useNavigate();
  const queries = useQueryClient();
  return async (id: string): Promise<void> => {
    if (current && id !== current.id) queries.removeQueries({ queryKey: siteKeys.all(current.id) });
    await navigate(paths.finder(id));
    // Only a convenience of the next sign-in: the address decides, so a refusal here changes nothing.
    if (id !== current?.id) await chooseSite(id).catch(() => undefined);
  };
};

type SiteSwitcherProps = { readonly site: SiteMembership | undefined; readonly user: SignedInUser };

/** The open site with the person's role there; another one opens its Finder. */
export const SiteSwitcher = ({ site, user }: SiteSwitcherProps) => {
  const open = useOpenSite(site);
  if (user.sites.length === 0) return null;
  const name = site ? (
    <>
      <span className={styles.siteName}>{site.name}</span>
      <span className={styles.role}>{roleWords[site.role]}</span>
    </>
  ) : (
    'Choose a site'
  );
  if (site && user.sites.length < 2) return <strong className={styles.siteName}>{site.name}</strong>;
  return (
    <Popover
      kind="quiet"
      has="menu"
      triggerClassName={styles.sites}
      trigger={
        <>
          {name}
          <Icon name="down" />
        </>
      }
    >
      {(close) => (
        <Menu
          label="Sites"
          close={close}
          groups={[
            user.sites.map(({ id, name: label, role }) => ({
              label,
              hint: roleWords[role],
              checked: id === site?.id,
              run: () => void open(id),
            })),
          ]}
        />
      )}
    </Popover>
  );
};
