import { useEffect, useMemo } from 'react';
import { Outlet, useLocation, useNavigate, useParams } from 'react-router';
import { ButtonLink } from '#ui/button.tsx';
import { DataState, useLongerThan } from '#ui/data-state.tsx';
import { paths } from '../paths.ts';
import { Frame } from './frame.tsx';
import { lastSite, rememberSite } from './last-site.ts';
import { useLiveSite } from './live-site.ts';
import { useSession } from './session-hook.ts';
import { type OpenSite, SiteContext } from './site-context.ts';

const lostAfterMs = 5_000;

/** The signed-in person; without one the address leads to signing in and back. */
const usePerson = () => {
  const { pathname, search } = useLocation();
  const navigate = useNavigate();
  const user = useSession()?.user;
  const isSignedIn = user !== undefined;
  useEffect(() => {
    if (!isSignedIn) void navigate(paths.signIn(pathname + search), { replace: true });
  }, [isSignedIn, navigate, pathname, search]);
  return user;
};

const SiteFrame = ({ site, user }: Pick<OpenSite, 'site' | 'user'>) => {
  const { connection, onChange } = useLiveSite(site.id);
  const isLiveLost = useLongerThan(connection === 'lost', lostAfterMs);
  const open = useMemo(() => ({ site, user, onChange }), [site, user, onChange]);
  useEffect(() => rememberSite(user.id, site.id), [user.id, site.id]);
  return (
    <SiteContext value={open}>
      <title>{`${site.name} · Interactions`}</title>
      <Frame site={site} user={user} isLiveLost={isLiveLost}>
        <Outlet />
      </Frame>
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

/** The frame around every screen of a site. */
export const Shell = () => {
  const { siteId } = useParams();
  const user = usePerson();
  if (!user) return null;
  const site = user.sites.find(({ id }) => id === siteId);
  return site ? <SiteFrame key={`${user.id} ${site.id}`} site={site} user={user} /> : <NoAccess />;
};

/** The frame around the screens that belong to no site; the bar leads back to the one this tab was on. */
export const SystemShell = () => {
  const user = usePerson();
  if (!user) return null;
  return (
    <Frame site={lastSite(user)} user={user}>
      <Outlet context={user} />
    </Frame>
  );
};
