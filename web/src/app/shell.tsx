import { lazy, Suspense, useEffect, useMemo, useState } from 'react';
import { Link, Outlet, useLocation, useNavigate, useParams } from 'react-router';
import { Button, ButtonLink } from '#ui/button.tsx';
import { DataState, useLongerThan } from '#ui/data-state.tsx';
import { useOnline } from '#ui/online.ts';
import { useScreen } from '#ui/screen.ts';
import { useShortcuts } from '#ui/shortcuts.ts';
import { paths } from '../paths.ts';
import { AccountMenu } from './account-menu.tsx';
import { useLiveSite } from './live-site.ts';
import { useSession } from './session-hook.ts';
import styles from './shell.module.css';
import { type OpenSite, SiteContext, useSite } from './site-context.ts';
import { SiteSwitcher } from './site-switcher.tsx';

const KeyboardHelp = lazy(async () => ({ default: (await import('#features/help/keyboard-help.tsx')).KeyboardHelp }));
const lostAfterMs = 5_000;

const useTabs = (): readonly { readonly label: string; readonly to: string }[] => {
  const { siteId, can } = useSite();
  return [
    { label: 'Interactions', to: paths.finder(siteId) },
    ...(can('interaction.readBin') ? [{ label: 'Bin', to: paths.bin(siteId) }] : []),
  ];
};

const Tabs = () => {
  const { pathname } = useLocation();
  const { siteId } = useSite();
  const inBin = pathname === paths.bin(siteId);
  return (
    <nav className={styles.tabs} aria-label="Screens">
      {useTabs().map(({ label, to }) => (
        <Link
          key={to}
          to={to}
          className={styles.tab}
          aria-current={(to === paths.bin(siteId)) === inBin ? 'page' : undefined}
        >
          {label}
        </Link>
      ))}
    </nav>
  );
};

const Bar = ({ showHelp }: { readonly showHelp: () => void }) => {
  const { user } = useSite();
  const isPhone = useScreen() === 'phone';
  const navigate = useNavigate();
  const tabs = useTabs();
  const extra = [
    ...(isPhone ? tabs.map(({ label, to }) => ({ label, run: () => void navigate(to) })) : []),
    ...(isPhone ? [] : [{ label: 'Keyboard shortcuts', hint: '?', run: showHelp }]),
  ];
  return (
    <header className={styles.bar}>
      <img src="/mark.svg" alt="Interactions" className={styles.mark} />
      <SiteSwitcher />
      {isPhone ? <span className={styles.spacer} /> : <Tabs />}
      {user.demo && <span className={styles.demo}>Demo</span>}
      {!isPhone && (
        <Button kind="quiet" icon onClick={showHelp} aria-label="Keyboard shortcuts" title="Keyboard shortcuts">
          ?
        </Button>
      )}
      <AccountMenu extra={extra} />
    </header>
  );
};

const Frame = ({ isLost }: { readonly isLost: boolean }) => {
  const [isHelpShown, setHelpShown] = useState(false);
  const { siteId } = useSite();
  const navigate = useNavigate();
  const tabs = useTabs();
  useShortcuts({
    '?': () => setHelpShown(true),
    'g i': () => void navigate(paths.finder(siteId)),
    'g b': () => void (tabs.length > 1 && navigate(paths.bin(siteId))),
  });
  return (
    <div className={styles.shell}>
      <a className={styles.skip} href="#content">
        Go to the content
      </a>
      <Bar showHelp={() => setHelpShown(true)} />
      {isLost && (
        <div className={styles.banner} role="status">
          No connection to the server. What you type stays here; changes of others show when it is back.
        </div>
      )}
      <main id="content" className={styles.main} tabIndex={-1}>
        <Outlet />
      </main>
      {isHelpShown && (
        <Suspense>
          <KeyboardHelp close={() => setHelpShown(false)} />
        </Suspense>
      )}
    </div>
  );
};

const SiteFrame = ({ site, user }: Pick<OpenSite, 'site' | 'user'>) => {
  const { connection, onChange } = useLiveSite(site.id);
  const isOnline = useOnline();
  const isLost = useLongerThan(connection === 'lost', lostAfterMs) || !isOnline;
  const open = useMemo(() => ({ site, user, onChange }), [site, user, onChange]);
  return (
    <SiteContext value={open}>
      <title>{`${site.name} · Interactions`}</title>
      <Frame isLost={isLost} />
    </SiteContext>
  );
};

const NoAccess = () => (
  <main>
    <title>No access</title>
    <DataState
      title="You have no role on this site"
      text="An administrator of the site can give you one. Your own sites are open to you."
    >
      <ButtonLink kind="primary" to={paths.chooseSite}>
        Choose another site
      </ButtonLink>
    </DataState>
  </main>
);

/** The frame around every screen of a site; without a session it leads to signing in and back. */
export const Shell = () => {
  const { siteId } = useParams();
  const { pathname, search } = useLocation();
  const navigate = useNavigate();
  const user = useSession()?.user;
  const isSignedIn = user !== undefined;
  useEffect(() => {
    if (!isSignedIn) void navigate(paths.signIn(pathname + search), { replace: true });
  }, [isSignedIn, navigate, pathname, search]);
  if (!user) return null;
  const site = user.sites.find(({ id }) => id === siteId);
  return site ? <SiteFrame key={`${user.id} ${site.id}`} site={site} user={user} /> : <NoAccess />;
};
