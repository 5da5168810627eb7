import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { ownSessions } from '#api/profile.ts';
import { ChangePasswordForm } from '#features/passwords/change-password-form.tsx';
import { Button } from '#ui/button.tsx';
import styles from './profile.module.css';

/** The form opens in place, and closes when the password is changed. */
export const PasswordSection = ({ username }: { readonly username: string }) => {
  const [state, setState] = useState<'closed' | 'open' | 'changed'>('closed');
  const opener = useRef<HTMLButtonElement>(null);
  const queries = useQueryClient();
  const wasOpen = useRef(false);
  useEffect(() => {
    if (state !== 'open' && wasOpen.current) opener.current?.focus();
    wasOpen.current = state === 'open';
  }, [state]);
  if (state === 'open') {
    return (
      <ChangePasswordForm
        username={username}
        autoFocus
        done={() => {
          setState('changed');
          queries.invalidateQueries(ownSessions()).catch(() => undefined);
        }}
      >
        <Button onClick={() => setState('closed')}>Cancel</Button>
      </ChangePasswordForm>
    );
  }
  return (
    <div className={styles.actions}>
      <Button ref={opener} onClick={() => setState('open')}>
        Change password
      </Button>
      <span role="status" className={styles.saved}>
        {state === 'changed' ? 'Changed; your other browsers are signed out' : ''}
      </span>
    </div>
  );
};
