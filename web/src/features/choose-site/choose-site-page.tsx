import { useEffect, useState } from 'react';
import { useNavigate } from 'react-router';
import { chooseSite } from '#api/auth.ts';
import { mayOperate } from '#app/places.ts';
import { useSession } from '#app/session-hook.ts';
import { roleWords } from '#app/site-switcher.tsx';
import { ButtonLink } from '#ui/button.tsx';
import { DataState } from '#ui/data-state.tsx';
import { notify } from '#ui/notices.ts';
import { paths } from '../../paths.ts';
import styles from './choose-site-page.module.css';

export const ChooseSitePage = () => {
  const user = useSession()?.user;
  const navigate = useNavigate();
  const [isDefault, setDefault] = useState(false);
  const isSignedIn = user !== undefined;
  useEffect(() => {
    if (!isSignedIn) void navigate(paths.signIn(), { replace: true });
  }, [isSignedIn, navigate]);
  if (!user) return null;
  const enter = async (siteId: string): Promise<void> => {
    const outcome = await chooseSite(siteId, isDefault).catch((error: Error) => error);
    if (outcome instanceof Error && isDefault)
      notify(`Not kept as your usual site: ${outcome.message}`, { tone: 'warning' });
    await navigate(paths.finder(siteId));
  };
  const out = (
    <ButtonLink kind="quiet" to={paths.signOut}>
      Sign out
    </ButtonLink>
  );
  const operations = mayOperate(user) && <ButtonLink to={paths.operations}>Open Operations</ButtonLink>;
  if (user.sites.length === 0) {
    return (
      <main>
        <title>No site · Interactions</title>
        <DataState
          title="You have no site yet"
          text="An administrator of a site can give you a role there. Then sign in again."
        >
          {operations}
          {out}
        </DataState>
      </main>
    );
  }
  return (
    <main className={styles.page}>
      <title>Choose a site · Interactions</title>
      <h1 className={styles.title}>Choose a site</h1>
      <ul className={styles.sites}>
        {user.sites.map(({ id, name, role }) => (
          <li key={id}>
            <button type="button" className={styles.site} onClick={() => void enter(id)}>
              {name}
              <span className={styles.role}>{roleWords[role]}</span>
            </button>
          </li>
        ))}
      </ul>
      <div className={styles.foot}>
        <label className={styles.check}>
          <input type="checkbox" checked={isDefault} onChange={(event) => setDefault(event.currentTarget.checked)} />
          Open the site I choose when I sign in
        </label>
        {operations}
        {out}
      </div>
    </main>
  );
};
