import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import { Link, useNavigate } from 'react-router';
import { ApiError } from '#api/api-error.ts';
import { resetPassword, signOut } from '#api/auth.ts';
import { EntryPage } from '#features/sign-in/entry-page.tsx';
import { Button, ButtonLink } from '#ui/button.tsx';
import { FormProblem, StackedForm } from '#ui/stacked-form.tsx';
import { paths } from '../../paths.ts';
import { useLinkToken } from './link-token.ts';
import { NewPasswordField } from './new-password-field.tsx';
import { readRefused } from './refused-form.ts';

/** True where the link itself was refused: it was used, it is too old, or it was never given out. */
export const isLinkGone = (error: unknown, fieldNames: readonly string[]): boolean =>
  error instanceof ApiError &&
  error.status >= 400 &&
  error.status < 500 &&
  error.status !== 429 &&
  !error.details.some(({ field }) => fieldNames.includes(field));

const Gone = () => (
  <EntryPage
    title="This link does not work any more"
    lead="A link works once, and not for long. Perhaps there is a newer mail; else have another one sent."
  >
    <ButtonLink kind="primary" to={paths.forgotPassword}>
      Send a new link
    </ButtonLink>
    <Link to={paths.signIn()}>Back to signing in</Link>
  </EntryPage>
);

/** The link of a mail leads here: to choose a password, and to sign in with it. */
export const ResetPasswordPage = () => {
  const token = useLinkToken();
  const navigate = useNavigate();
  const [newPassword, setNewPassword] = useState('');
  const box = useRef<HTMLInputElement>(null);
  const resetting = useMutation({
    mutationFn: resetPassword,
    onSuccess: async () => {
      // Every session of the person has ended by this; one of this browser would only be found out later.
      await signOut();
      await navigate(paths.signInAgain('/', 'password'), { replace: true });
    },
  });
  const { fields, problem } = readRefused(resetting.error, ['newPassword']);
  useEffect(() => {
    if (!resetting.error) return;
    box.current?.focus();
    box.current?.select();
  }, [resetting.error]);
  if (!token || isLinkGone(resetting.error, ['newPassword'])) return <Gone />;
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (!newPassword) box.current?.focus();
    else if (!resetting.isPending) resetting.mutate({ token, newPassword });
  };
  return (
    <EntryPage title="Choose a new password" lead="It signs you out wherever you are signed in.">
      <StackedForm aria-label="Choose a new password" onSubmit={submit}>
        <NewPasswordField
          ref={box}
          label="New password"
          autoFocus
          error={fields.newPassword}
          value={newPassword}
          change={setNewPassword}
        />
        <FormProblem text={problem} />
        <Button kind="primary" type="submit" disabled={resetting.isPending}>
          Save password
        </Button>
      </StackedForm>
    </EntryPage>
  );
};
