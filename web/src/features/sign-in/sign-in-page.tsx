import { PasswordInput, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import { useNavigate, useSearchParams } from 'react-router';
import { ApiError } from '#api/api-error.ts';
import { signIn } from '#api/auth.ts';
import { isDemo } from '#app/page-settings.ts';
import { Button } from '#ui/button.tsx';
import { field } from '#ui/fields.ts';
import { askedAddress } from '../../paths.ts';
import { DemoAccounts } from './demo-accounts.tsx';
import styles from './sign-in-page.module.css';

const problemOf = (error: unknown): string => {
  if (!(error instanceof ApiError)) return 'Signing in did not work. Retry.';
  if (error.code === 'AUTHENTICATION_ERROR') return 'The username or the password is wrong.';
  if (error.code === 'CONNECTION_LOST') return 'There is no connection to the server. Retry.';
  if (error.code === 'RATE_LIMITED') return 'Too many attempts. Wait a minute, then retry.';
  return error.message;
};

type Credentials = { readonly username: string; readonly password: string; readonly remember: boolean };
type SignInFormProps = {
  readonly isSigning: boolean;
  readonly error: Error | null;
  readonly enter: (credentials: Credentials) => void;
};

const SignInForm = ({ isSigning, error, enter }: SignInFormProps) => {
  const userName = useRef<HTMLInputElement>(null);
  const password = useRef<HTMLInputElement>(null);
  const [entered, setEntered] = useState({ username: '', password: '', remember: false });
  useEffect(() => {
    if (error) password.current?.select();
  }, [error]);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const username = entered.username.trim();
    if (!username) userName.current?.focus();
    else if (!entered.password) password.current?.focus();
    else if (!isSigning) enter({ ...entered, username });
  };
  return (
    <form className={styles.form} aria-label="Sign in" onSubmit={submit}>
      <TextInput
        {...field}
        ref={userName}
        label="Username or e-mail"
        name="username"
        autoComplete="username"
        autoCapitalize="none"
        autoFocus
        value={entered.username}
        onChange={(event) => setEntered({ ...entered, username: event.currentTarget.value })}
      />
      <PasswordInput
        {...field}
        ref={password}
        label="Password"
        name="password"
        autoComplete="current-password"
        value={entered.password}
        onChange={(event) => setEntered({ ...entered, password: event.currentTarget.value })}
        visibilityToggleButtonProps={{ 'aria-label': 'Show the password' }}
      />
      <label className={styles.check}>
        <input
          type="checkbox"
          checked={entered.remember}
          onChange={(event) => setEntered({ ...entered, remember: event.currentTarget.checked })}
        />
        Remember me on this computer
      </label>
      {error && (
        <p role="alert" className={styles.error}>
          {problemOf(error)}
        </p>
      )}
      <Button kind="primary" type="submit" disabled={isSigning}>
        Sign in
      </Button>
    </form>
  );
};

/** Signing in leads on to the address that was asked for. */
export const SignInPage = () => {
  const [parameters] = useSearchParams();
  const navigate = useNavigate();
  const signing = useMutation({
    mutationFn: signIn,
    onSuccess: () => navigate(askedAddress(parameters), { replace: true }),
  });
  return (
    <main className={styles.page}>
      <title>Sign in · Interactions</title>
      <div className={styles.box}>
        <h1 className={styles.brand}>
          <img src="/mark.svg" alt="" width="28" height="28" />
          Interactions
        </h1>
        <SignInForm
          isSigning={signing.isPending}
          error={signing.error}
          enter={(credentials) => signing.mutate(credentials)}
        />
        {isDemo() && <DemoAccounts choose={(account) => signing.mutate({ ...account, remember: false })} />}
      </div>
    </main>
  );
};
