import { useMutation } from '@tanstack/react-query';
import { type FormEvent, type ReactNode, useEffect, useRef, useState } from 'react';
import { changePassword } from '#api/auth.ts';
import { Button } from '#ui/button.tsx';
import { FormProblem, StackedForm } from '#ui/stacked-form.tsx';
import { NewPasswordField } from './new-password-field.tsx';
import { PasswordField } from './password-field.tsx';
import styles from './passwords.module.css';
import { readRefused } from './refused-form.ts';

const empty = { currentPassword: '', newPassword: '' };

type ChangePasswordFormProps = {
  readonly username: string;
  readonly autoFocus?: boolean;
  readonly done?: () => void;
  /** Stands beside the button. */
  readonly children?: ReactNode;
};

/** The password now and the new one. The username is there for the browser's own store of passwords. */
export const ChangePasswordForm = ({ username, autoFocus = false, done, children }: ChangePasswordFormProps) => {
  const [entered, setEntered] = useState(empty);
  const current = useRef<HTMLInputElement>(null);
  const next = useRef<HTMLInputElement>(null);
  const changing = useMutation({
    mutationFn: changePassword,
    onSuccess: () => {
      setEntered(empty);
      done?.();
    },
  });
  const { fields, problem } = readRefused(changing.error, ['currentPassword', 'newPassword']);
  const atFault = fields.currentPassword ? current : fields.newPassword ? next : undefined;
  // biome-ignore lint/correctness/useExhaustiveDependencies: each refusal moves the focus once, a letter typed since does not
  useEffect(() => {
    atFault?.current?.focus();
    atFault?.current?.select();
  }, [changing.error]);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (!entered.currentPassword) current.current?.focus();
    else if (!entered.newPassword) next.current?.focus();
    else if (!changing.isPending) changing.mutate(entered);
  };
  return (
    <StackedForm aria-label="Change password" onSubmit={submit}>
      <input type="text" name="username" autoComplete="username" value={username} readOnly hidden />
      <PasswordField
        ref={current}
        label="Current password"
        name="currentPassword"
        autoComplete="current-password"
        autoFocus={autoFocus}
        error={fields.currentPassword}
        value={entered.currentPassword}
        onChange={({ currentTarget }) => setEntered({ ...entered, currentPassword: currentTarget.value })}
      />
      <NewPasswordField
        ref={next}
        label="New password"
        error={fields.newPassword}
        value={entered.newPassword}
        change={(newPassword) => setEntered({ ...entered, newPassword })}
      />
      <FormProblem text={problem} />
      <div className={styles.actions}>
        <Button kind="primary" type="submit" disabled={changing.isPending}>
          Change password
        </Button>
        {children}
      </div>
    </StackedForm>
  );
};
