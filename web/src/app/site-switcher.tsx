import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from 'react-router';
import { chooseSite } from '#api/auth.ts';
import { siteKeys } from '#api/sites.ts';
import { Icon } from '#ui/icons.tsx';
import { Menu } from '#ui/menu.tsx';
import { Popover } from '#ui/popover.tsx';
import { paths } from '../paths.ts';
import styles from './shell.module.css';
import { useSite } from './site-context.ts';

export const roleWords = {
  viewer: 'Viewer',
  editor: 'Editor',
  auditor: 'Auditor',
  administrator: 'Administrator',
} as const;

/** The open site with the person's role there; another one opens its Finder. */
export const SiteSwitcher = () => {
  const { site, user } = useSite();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const open = async (id: string): Promise<void> => {
    if (id === site.id) return;
    queries.removeQueries({ queryKey: siteKeys.all(site.id) });
    await navigate(paths.finder(id));
    // Only a convenience of the next sign-in: the address decides, so a refusal here changes nothing.
    await chooseSite(id).catch(() => undefined);
  };
  const name = (
    <>
      <span className={styles.siteName}>{site.name}</span>
      <span className={styles.role}>{roleWords[site.role]}</span>
    </>
  );
  if (user.sites.length < 2) return <strong className={styles.siteName}>{site.name}</strong>;
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
              checked: id === site.id,
              run: () => void open(id),
            })),
          ]}
        />
      )}
    </Popover>
  );
};
