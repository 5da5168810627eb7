import { useEffect } from 'react';
import { useNavigate, useSearchParams } from 'react-router';
import { useSession } from '#app/session-hook.ts';
import { EntryPage } from '#features/sign-in/entry-page.tsx';
import { ButtonLink } from '#ui/button.tsx';
import { askedAddress, paths } from '../../paths.ts';
import { ChangePasswordForm } from './change-password-form.tsx';

/** All that an expired password opens. Once it is changed, here or in another tab, the way goes on. */
export const ChangePasswordPage = () => {
  const session = useSession();
  const navigate = useNavigate();
  const asked = askedAddress(useSearchParams()[0]);
  const next = session ? !session.passwordExpired && asked : paths.signInAgain(asked);
  useEffect(() => {
    if (next) void navigate(next, { replace: true });
  }, [next, navigate]);
  if (!session) return null;
  return (
    <EntryPage title="Choose a new password" lead="Your password has to be changed before you go on.">
      <ChangePasswordForm username={session.user.username} autoFocus>
        <ButtonLink kind="quiet" to={paths.signOut}>
          Sign out
        </ButtonLink>
      </ChangePasswordForm>
    </EntryPage>
  );
};
