import { TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import { Link } from 'react-router';
import { askForReset } from '#api/auth.ts';
import { EntryPage } from '#features/sign-in/entry-page.tsx';
import { Button } from '#ui/button.tsx';
import { field } from '#ui/fields.ts';
import { FormProblem, StackedForm } from '#ui/stacked-form.tsx';
import { paths } from '../../paths.ts';
import styles from './passwords.module.css';
import { readRefused } from './refused-form.ts';

/** The same sentence whether somebody has the address or not. */
const Asked = ({ email, again }: { readonly email: string; readonly again: () => void }) => {
  const sentence = useRef<HTMLParagraphElement>(null);
  useEffect(() => sentence.current?.focus(), []);
  return (
    <>
      <p ref={sentence} role="status" tabIndex={-1} className={styles.sentence}>
        If <strong>{email}</strong> belongs to somebody here, a mail with a link is on its way. The link works once, for
        one hour.
      </p>
      <div className={styles.actions}>
        <Button onClick={again}>Use another address</Button>
        <Link to={paths.signIn()}>Sign in</Link>
      </div>
    </>
  );
};

export const ForgotPasswordPage = () => {
  const [email, setEmail] = useState('');
  const box = useRef<HTMLInputElement>(null);
  const asking = useMutation({ mutationFn: () => askForReset(email.trim()) });
  const { fields, problem } = readRefused(asking.error, ['email']);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (!email.trim()) box.current?.focus();
    else if (!asking.isPending) asking.mutate();
  };
  if (asking.isSuccess)
    return (
      <EntryPage title="Look into your mail">
        <Asked email={email.trim()} again={asking.reset} />
      </EntryPage>
    );
  return (
    <EntryPage title="Forgot your password" lead="A link to choose a new one comes by mail.">
      <StackedForm aria-label="Forgot your password" onSubmit={submit} noValidate>
        <TextInput
          {...field}
          ref={box}
          label="E-mail"
          name="email"
          type="email"
          autoComplete="email"
          autoFocus
          error={fields.email}
          value={email}
          onChange={(event) => setEmail(event.currentTarget.value)}
        />
        <FormProblem text={problem} />
        <Button kind="primary" type="submit" disabled={asking.isPending}>
          Send the link
        </Button>
        <Link to={paths.signIn()}>Back to signing in</Link>
      </StackedForm>
    </EntryPage>
  );
};
