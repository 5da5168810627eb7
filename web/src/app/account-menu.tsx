import type { SignedInUser } from '@ims/contracts/auth/api';
import { useMantineColorScheme } from '@mantine/core';
import { useNavigate } from 'react-router';
import { Menu, type MenuItem } from '#ui/menu.tsx';
import { Popover } from '#ui/popover.tsx';
import { paths } from '../paths.ts';
import { schemes, schemeWords } from './appearance.ts';
import styles from './shell.module.css';

const initials = (name: string): string =>
  name
    .split(/\s+/)
    .slice(0, 2)
    .map((part) => part.charAt(0).toUpperCase())
    .join('');

type AccountMenuProps = { readonly user: SignedInUser; readonly extra: readonly MenuItem[] };

export const AccountMenu = ({ user, extra }: AccountMenuProps) => {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const navigate = useNavigate();
  const choices = schemes.map((scheme) => ({
    label: schemeWords[scheme],
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
            groups={[
              [{ label: 'Profile', run: () => void navigate(paths.profile) }, ...extra],
              choices,
              [{ label: 'Sign out', run: () => void navigate(paths.signOut) }],
            ]}
          />
        </>
      )}
    </Popover>
  );
};
