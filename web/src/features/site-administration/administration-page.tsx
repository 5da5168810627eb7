import type { SignedInUser } from '@ims/contracts/auth/api';
import { isAllowed, type SiteRole } from '@ims/contracts/permissions';
import type { Site } from '@ims/contracts/sites/api';
import { useQuery } from '@tanstack/react-query';
import { useRef } from 'react';
import { Outlet, useOutletContext, useParams } from 'react-router';
import { site } from '#api/sites.ts';
import { useSession } from '#app/session-hook.ts';
import { ButtonLink } from '#ui/button.tsx';
import { DataState, ErrorState, useLongerThan } from '#ui/data-state.tsx';
import { PartTabs } from '#ui/part-tabs.tsx';
import { paths } from '../../paths.ts';
import styles from './administration-page.module.css';

/** The site that is administered, and who does it; `role` is theirs on this site, if they have one. */
export type Administered = { readonly site: Site; readonly user: SignedInUser; readonly role: SiteRole | undefined };

export const useAdministered = (): Administered => useOutletContext<Administered>();

type NotAllowedProps = { readonly siteId: string; readonly role: SiteRole | undefined; readonly wasAllowed: boolean };

const NotAllowed = ({ siteId, role, wasAllowed }: NotAllowedProps) => (
  <DataState
    title={wasAllowed ? 'You no longer administer this site' : 'Your role does not include the administration'}
    text={
      role
        ? `You are ${role} here. An administrator of the site can change that.`
        : 'An administrator of the site can give you a role there.'
    }
  >
    <ButtonLink kind="primary" to={role ? paths.finder(siteId) : paths.home}>
      Go to the interactions
    </ButtonLink>
  </DataState>
);

const Parts = ({ siteId, user, role }: Omit<Administered, 'site'> & { readonly siteId: string }) => {
  const { data, error, isPending, refetch } = useQuery({ ...site(siteId), staleTime: 0 });
  const isLate = useLongerThan(isPending);
  if (!data) {
    if (error) return <ErrorState title="This site could not be opened" error={error} retry={() => void refetch()} />;
    return isLate ? <p className={styles.text}>Reading the site.</p> : null;
  }
  const parts = [
    { label: 'Members', to: paths.members(siteId) },
    { label: 'Settings', to: paths.siteSettings(siteId) },
    { label: 'Interaction types', to: paths.types(siteId) },
  ];
  const administered: Administered = { site: data, user, role };
  return (
    <>
      <title>{`Site · ${data.name}`}</title>
      <h1 className={styles.title}>{data.name}</h1>
      <p className={styles.about}>
        {[data.active ? '' : 'This site is inactive: its members cannot open it.', data.description]
          .filter(Boolean)
          .join(' ')}
      </p>
      <PartTabs label="Parts of the administration" parts={parts} />
      <Outlet context={administered} />
    </>
  );
};

/** Who belongs to a site, how it behaves and what can be recorded there. */
export const AdministrationPage = () => {
  const { siteId = '' } = useParams();
  const user = useSession()?.user;
  const wasAllowed = useRef(false);
  if (!user) return null;
  const role = user.sites.find(({ id }) => id === siteId)?.role;
  const mayAdminister = isAllowed('site.administer', { siteRole: role, systemRoles: user.systemRoles });
  if (mayAdminister) wasAllowed.current = true;
  return (
    <div className={styles.page}>
      {mayAdminister ? (
        <Parts siteId={siteId} user={user} role={role} />
      ) : (
        <NotAllowed siteId={siteId} role={role} wasAllowed={wasAllowed.current} />
      )}
    </div>
  );
};
