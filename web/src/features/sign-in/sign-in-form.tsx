import { TextInput } from '@mantine/core';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import { Link } from 'react-router';
import { PasswordField } from '#features/passwords/password-field.tsx';
import { Button } from '#ui/button.tsx';
import { field } from '#ui/fields.ts';
import { FormProblem, StackedForm } from '#ui/stacked-form.tsx';
import { paths } from '../../paths.ts';
import styles from './sign-in-page.module.css';

export type Entered = { readonly username: string; readonly password: string; readonly remember: boolean };
type SignInFormProps = {
  readonly isSigning: boolean;
  readonly problem: string | undefined;
  /** How often it was refused: each time the password is marked, to be typed anew. */
  readonly refusals: number;
  readonly remember: boolean;
  readonly setRemember: (remember: boolean) => void;
  readonly enter: (entered: Entered) => void;
};

export const SignInForm = ({ isSigning, problem, refusals, remember, setRemember, enter }: SignInFormProps) => {
  const userName = useRef<HTMLInputElement>(null);
  const password = useRef<HTMLInputElement>(null);
  const [entered, setEntered] = useState({ username: '', password: '' });
  useEffect(() => {
    if (!refusals) return;
    password.current?.focus();
    password.current?.select();
  }, [refusals]);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const username = entered.username.trim();
    if (!username) userName.current?.focus();
    else if (!entered.password) password.current?.focus();
    else if (!isSigning) enter({ ...entered, username, remember });
  };
  return (
    <StackedForm aria-label="Sign in" onSubmit={submit}>
      <TextInput
        {...field}
        ref={userName}
        label="Username or e-mail"
        name="username"
        autoComplete="username"
        autoCapitalize="none"
        spellCheck={false}
        autoFocus
        value={entered.username}
        onChange={(event) => setEntered({ ...entered, username: event.currentTarget.value })}
      />
      <PasswordField
        ref={password}
        label="Password"
        name="password"
        autoComplete="current-password"
        value={entered.password}
        onChange={(event) => setEntered({ ...entered, password: event.currentTarget.value })}
      />
      <div className={styles.row}>
        <label className={styles.check}>
          <input type="checkbox" checked={remember} onChange={(event) => setRemember(event.currentTarget.checked)} />
          Remember me on this computer
        </label>
        <Link to={paths.forgotPassword}>Forgot password</Link>
      </div>
      <FormProblem text={problem} />
      <Button kind="primary" type="submit" disabled={isSigning}>
        Sign in
      </Button>
    </StackedForm>
  );
};
