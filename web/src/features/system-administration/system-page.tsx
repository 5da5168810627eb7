import { Outlet } from 'react-router';
import { mayAdministerSystem } from '#app/places.ts';
import { useSession } from '#app/session-hook.ts';
import { ButtonLink } from '#ui/button.tsx';
import { DataState } from '#ui/data-state.tsx';
import { PartTabs } from '#ui/part-tabs.tsx';
import { paths } from '../../paths.ts';
import styles from './system-page.module.css';

const parts = [
  { label: 'Users', to: paths.users },
  { label: 'Sites', to: paths.sites },
];

const NotAllowed = () => (
  <DataState
    title="Your roles do not include the administration of the system"
    text="An administrator of the system can give you the role administrator."
  >
    <ButtonLink kind="primary" to={paths.home}>
      Go to the interactions
    </ButtonLink>
  </DataState>
);

/** Everybody who can sign in, and every site. */
export const SystemPage = () => {
  const user = useSession()?.user;
  if (!user) return null;
  if (!mayAdministerSystem(user)) return <NotAllowed />;
  return (
    <div className={styles.page}>
      <title>System</title>
      <div className={styles.head}>
        <h1 className="hidden">System</h1>
        <PartTabs label="Parts of the system" parts={parts} />
      </div>
      <Outlet />
    </div>
  );
};
