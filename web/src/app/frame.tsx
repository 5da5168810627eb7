import type { SignedInUser, SiteMembership } from '@ims/contracts/auth/api';
import { lazy, type ReactNode, Suspense, useState } from 'react';
import { Link, useLocation, useNavigate } from 'react-router';
import { Button } from '#ui/button.tsx';
import { Icon } from '#ui/icons.tsx';
import { useScreen } from '#ui/screen.ts';
import { useShortcuts } from '#ui/shortcuts.ts';
import { AccountMenu } from './account-menu.tsx';
import { Banner } from './banner.tsx';
import { useFrameCommands } from './frame-commands.ts';
import { type Place, placeOf, placesOf } from './places.ts';
import styles from './shell.module.css';
import { SiteSwitcher } from './site-switcher.tsx';

const KeyboardHelp = lazy(async () => ({ default: (await import('#features/help/keyboard-help.tsx')).KeyboardHelp }));
const CommandSearch = lazy(async () => ({ default: (await import('./command-search.tsx')).CommandSearch }));

const Tabs = ({ places }: { readonly places: readonly Place[] }) => {
  const { pathname } = useLocation();
  const current = placeOf(places, pathname);
  return (
    <nav className={styles.tabs} aria-label="Screens">
      {places.map((place) => (
        <Link
          key={place.to}
          to={place.to}
          className={styles.tab}
          aria-keyshortcuts={place.keys}
          aria-current={place === current ? 'page' : undefined}
        >
          {place.label}
        </Link>
      ))}
    </nav>
  );
};

type Opened = 'help' | 'commands' | undefined;
type BarProps = FrameParts & { readonly places: readonly Place[]; readonly open: (what: Opened) => void };

const Bar = ({ user, site, places, open }: BarProps) => {
  const isPhone = useScreen() === 'phone';
  const navigate = useNavigate();
  const extra = isPhone
    ? [
        ...places.map(({ label, to }) => ({ label, run: () => void navigate(to) })),
        { label: 'Search commands', run: () => open('commands') },
      ]
    : [{ label: 'Keyboard shortcuts', hint: '?', run: () => open('help') }];
  return (
    <header className={styles.bar}>
      <img src="/mark.svg" alt="Interactions" className={styles.mark} />
      <SiteSwitcher site={site} user={user} />
      {isPhone ? <span className={styles.spacer} /> : <Tabs places={places} />}
      {user.demo && <span className={styles.demo}>Demo</span>}
      {!isPhone && (
        <>
          <Button kind="quiet" className={styles.commands} onClick={() => open('commands')} title="Search commands">
            <Icon name="search" /> Commands <kbd>Ctrl K</kbd>
          </Button>
          <Button
            kind="quiet"
            icon
            onClick={() => open('help')}
            aria-label="Keyboard shortcuts"
            title="Keyboard shortcuts"
          >
            ?
          </Button>
        </>
      )}
      <AccountMenu user={user} extra={extra} />
    </header>
  );
};

type FrameParts = { readonly user: SignedInUser; readonly site: SiteMembership | undefined };
type FrameProps = FrameParts & { readonly isLiveLost?: boolean; readonly children: ReactNode };

/** The bar, what is wrong with the connection, and a screen below; with the keys that work everywhere. */
export const Frame = ({ user, site, isLiveLost = false, children }: FrameProps) => {
  const [opened, open] = useState<Opened>();
  const navigate = useNavigate();
  const places = placesOf(user, site);
  const commands = useFrameCommands({ user, site, places, showHelp: () => open('help') });
  useShortcuts({
    '?': () => open('help'),
    'Ctrl+k': () => open('commands'),
    ...Object.fromEntries(places.map(({ keys, to }) => [keys, () => void navigate(to)])),
  });
  const close = (): void => open(undefined);
  return (
    <div className={styles.shell}>
      <a className={styles.skip} href="#content">
        Go to the content
      </a>
      <Bar user={user} site={site} places={places} open={open} />
      <Banner isLiveLost={isLiveLost} />
      <main id="content" className={styles.main} tabIndex={-1}>
        {children}
      </main>
      <Suspense>
        {opened === 'help' && <KeyboardHelp close={close} places={places} />}
        {opened === 'commands' && <CommandSearch close={close} commands={commands} />}
      </Suspense>
    </div>
  );
};
