import type { User } from '@ims/contracts/users/api';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { actOnUser, refreshUsers, showUnlocked, type UserAction } from '#api/users.ts';
import { Button } from '#ui/button.tsx';
import { ConfirmDialog } from '#ui/confirm-dialog.tsx';
import { notify } from '#ui/notices.ts';
import { Refusal, refusalWords } from '#ui/refusal.tsx';
import styles from './system-page.module.css';
import { isLocked, nameOf } from './user-words.ts';

type UserActionsProps = { readonly user: User; readonly isOwn: boolean };

const doneWords = (action: UserAction, user: User): string => {
  const name = nameOf(user);
  if (action === 'deactivate') return `${name} cannot sign in any more.`;
  if (action === 'reactivate') return `${name} can sign in again.`;
  if (action === 'unlock') return `${name} can sign in again.`;
  return `A link to choose a new password is on its way to ${user.email}.`;
};

const useActing = (user: User) => {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (action: UserAction) => actOnUser(user.id, action),
    onSuccess: async (_, action) => {
      notify(doneWords(action, user));
      if (action === 'unlock') showUnlocked(queries, user.id);
      else await refreshUsers(queries);
    },
    onError: () => refreshUsers(queries),
  });
};

type Asked = 'deactivate' | 'reactivate';

const Question = ({ asked, user, run, close }: { asked: Asked; user: User; run: () => void; close: () => void }) =>
  asked === 'deactivate' ? (
    <ConfirmDialog title="Deactivate user" verb="Deactivate user" isDestructive run={run} close={close}>
      <p>{`Deactivate ${nameOf(user)}? They are signed out everywhere and cannot sign in. Their roles and all they recorded stay.`}</p>
    </ConfirmDialog>
  ) : (
    <ConfirmDialog title="Reactivate user" verb="Reactivate user" run={run} close={close}>
      <p>{`Reactivate ${nameOf(user)}? They can sign in again, with the roles they had.`}</p>
    </ConfirmDialog>
  );

/** What can be done for a user besides changing who they are. */
export const UserActions = ({ user, isOwn }: UserActionsProps) => {
  const acting = useActing(user);
  const [asked, ask] = useState<Asked>();
  const canSignIn = user.active && !user.invited;
  const act = (action: UserAction) => () => {
    if (!acting.isPending) acting.mutate(action);
  };
  return (
    <div className={styles.actions}>
      {canSignIn && isLocked(user) && <Button onClick={act('unlock')}>Unlock</Button>}
      {canSignIn && <Button onClick={act('send-reset')}>Send password reset</Button>}
      {canSignIn && !isOwn && (
        <Button kind="quiet" className={styles.danger} onClick={() => ask('deactivate')}>
          Deactivate
        </Button>
      )}
      {!user.active && !user.invited && <Button onClick={() => ask('reactivate')}>Reactivate</Button>}
      {acting.error && <Refusal text={`Not done: ${refusalWords(acting.error)}`} />}
      {asked && <Question asked={asked} user={user} run={act(asked)} close={() => ask(undefined)} />}
    </div>
  );
};
