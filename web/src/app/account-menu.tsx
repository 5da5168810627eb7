import { useMantineColorScheme } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from 'react-router';
import { signOut } from '#api/auth.ts';
import { Menu, type MenuItem } from '#ui/menu.tsx';
import { Popover } from '#ui/popover.tsx';
import { paths } from '../paths.ts';
import styles from './shell.module.css';
import { useSite } from './site-context.ts';

const schemes = { auto: 'Follow the system', light: 'Light', dark: 'Dark' } as const;

const initials = (name: string): string =>
  name
    .split(/\s+/)
    .slice(0, 2)
    .map((part) => part.charAt(0).toUpperCase())
    .join('');

export const AccountMenu = ({ extra }: { readonly extra: readonly MenuItem[] }) => {
  const { user } = useSite();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const leave = async (): Promise<void> => {
    await navigate(paths.signIn());
    await signOut();
    queries.clear();
  };
  const choices = (['auto', 'light', 'dark'] as const).map((scheme) => ({
    label: schemes[scheme],
    checked: colorScheme === scheme,
    run: () => setColorScheme(scheme),
  }));
  return (
    <Popover
      kind="quiet"
      icon
      has="menu"
      align="end"
      label={`Account of ${user.displayName}`}
      trigger={<span className={styles.initials} data-initials={initials(user.displayName)} />}
    >
      {(close) => (
        <>
          <div className={styles.person}>
            {user.displayName}
            <div className={styles.address}>{user.email}</div>
          </div>
          <Menu
            label="Account"
            close={close}
            groups={[extra, choices, [{ label: 'Sign out', run: () => void leave() }]]}
          />
        </>
      )}
    </Popover>
  );
};
