import { useEffect, useMemo } from 'react';
import { Outlet, useLocation, useMatch, useNavigate, useParams } from 'react-router';
import { session } from '#api/browser-session.ts';
import { ButtonLink } from '#ui/button.tsx';
import { DataState, useLongerThan } from '#ui/data-state.tsx';
import { paths } from '../paths.ts';
import { Frame } from './frame.tsx';
import { lastSite, rememberSite } from './last-site.ts';
import { useLiveSite } from './live-site.ts';
import { useOwnRoles } from './own-roles.ts';
import { mayAdministerSystem } from './places.ts';
import { useSession } from './session-hook.ts';
import { type OpenSite, SiteContext } from './site-context.ts';

const lostAfterMs = 5_000;

/** The signed-in person; without one, or with an expired password, the address leads there and back. */
const usePerson = () => {
  useOwnRoles();
  const { pathname, search } = useLocation();
  const navigate = useNavigate();
  const signedIn = useSession();
  const elsewhere = signedIn
    ? signedIn.passwordExpired && paths.changePassword(pathname + search)
    : paths.signInAgain(pathname + search, session.ended());
  useEffect(() => {
    if (elsewhere) void navigate(elsewhere, { replace: true });
  }, [elsewhere, navigate]);
  return elsewhere ? undefined : signedIn?.user;
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
  const isAdministration = useMatch('/s/:siteId/administration/*') !== null;
  const user = usePerson();
  if (!user) return null;
  const site = user.sites.find(({ id }) => id === siteId);
  if (site) return <SiteFrame key={`${user.id} ${site.id}`} site={site} user={user} />;
  // Administrators of the system look after sites where they have no role.
  return isAdministration && mayAdministerSystem(user) ? <SystemShell /> : <NoAccess />;
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
