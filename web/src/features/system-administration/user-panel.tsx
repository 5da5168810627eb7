import type { User } from '@ims/contracts/users/api';
import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { useParams } from 'react-router';
import { ApiError } from '#api/api-error.ts';
import { user as userQuery } from '#api/users.ts';
import { useSession } from '#app/session-hook.ts';
import { agoWords } from '#ui/ago-words.ts';
import { Button } from '#ui/button.tsx';
import { DataState, ErrorState, useLongerThan } from '#ui/data-state.tsx';
import { formatInstant } from '#ui/date-words.ts';
import { announce } from '#ui/notices.ts';
import panel from '#ui/panel.module.css';
import { PanelHead } from '#ui/panel-head.tsx';
import { StateWord } from '#ui/state-word.tsx';
import { useBesideList } from './beside-list.tsx';
import styles from './system-page.module.css';
import { UserActions } from './user-actions.tsx';
import { UserForm } from './user-form.tsx';
import { nameOf, stateOf } from './user-words.ts';

/** A lock ends by itself, and colleagues administer users too. */
const lookAgainMs = 30_000;

const Facts = ({ user }: { readonly user: User }) => (
  <div className={styles.facts}>
    <StateWord {...stateOf(user)} />
    {user.lastSignInAt && (
      <span title={formatInstant(user.lastSignInAt)}>{`Last signed in ${agoWords(user.lastSignInAt)}`}</span>
    )}
    {!user.lastSignInAt && !user.invited && <span>Has never signed in</span>}
  </div>
);

const invitedWords = 'They have an invitation by mail. Name and username are theirs to choose when they accept it.';

/** One user: who they are, what they may do in the system, and what can be done for them. */
export const UserPanel = () => {
  const { id = '' } = useParams();
  const ownId = useSession()?.user.id;
  const { close } = useBesideList();
  const { data: user, error, isPending, refetch } = useQuery({ ...userQuery(id), refetchInterval: lookAgainMs });
  const isLate = useLongerThan(isPending);
  const name = user ? nameOf(user) : '';
  useEffect(() => {
    if (name) announce(`${name} is open`);
  }, [name]);
  if (error instanceof ApiError && (error.status === 404 || error.status === 400))
    return (
      <DataState title="There is no such user" text="The link may be cut off.">
        <Button onClick={close}>Close</Button>
      </DataState>
    );
  if (!user) {
    if (error) return <ErrorState title="This user could not be opened" error={error} retry={() => void refetch()} />;
    return isLate ? <p className={styles.facts}>Reading the user.</p> : null;
  }
  return (
    <article className={panel.panel} aria-label={name}>
      <title>{`${name} · System`}</title>
      <PanelHead key={id} title={name} close={close} />
      <Facts user={user} />
      <UserActions key={`${id} actions`} user={user} isOwn={id === ownId} />
      {user.invited ? (
        <p className={styles.facts}>{invitedWords}</p>
      ) : (
        <UserForm key={`${id} form`} user={user} isOwn={id === ownId} />
      )}
    </article>
  );
};
