import { PasswordInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useNavigate } from 'react-router';
import { createUser, type NewUser as NewUserBody, refreshUsers } from '#api/users.ts';
import { LeaveGuard } from '#app/leave-guard.tsx';
import { Button } from '#ui/button.tsx';
import choice from '#ui/choice.module.css';
import { viewerZone } from '#ui/date-words.ts';
import { field } from '#ui/fields.ts';
import { useFocusOnProblem } from '#ui/focus-problem.ts';
import { notify } from '#ui/notices.ts';
import panel from '#ui/panel.module.css';
import { PanelHead } from '#ui/panel-head.tsx';
import { fieldRefusals, Refusal, refusalWords } from '#ui/refusal.tsx';
import { useShortcuts } from '#ui/shortcuts.ts';
import { paths } from '../../paths.ts';
import { useBesideList } from './beside-list.tsx';
import { PersonFields, personProblems } from './person-fields.tsx';
import styles from './system-page.module.css';

type How = 'link' | 'password';
type Typed = Omit<NewUserBody, 'password'> & { readonly how: How; readonly password: string };

const nobody = (): Typed => ({
  displayName: '',
  username: '',
  email: '',
  timezone: viewerZone(),
  how: 'link',
  password: '',
});

const bodyOf = ({ how, password, ...person }: Typed): NewUserBody => ({
  ...person,
  ...(how === 'password' ? { password } : {}),
});

const problemsOf = (typed: Typed): Record<string, string> => ({
  ...personProblems(typed),
  ...(typed.how === 'password' && !typed.password ? { password: 'Password is required' } : {}),
});

type HowFieldsProps = {
  readonly typed: Typed;
  readonly problem: string | undefined;
  readonly change: (change: Partial<Typed>) => void;
};

const ways = [
  { how: 'link', label: 'Mail a link', about: 'They choose a password themselves; the link works for 7 days.' },
  {
    how: 'password',
    label: 'Set a password now',
    about: 'You tell it to them; they must change it at their first sign-in. It must keep to the rules for passwords.',
  },
] as const;

const HowFields = ({ typed, problem, change }: HowFieldsProps) => (
  <>
    <fieldset className={styles.choices}>
      <legend>Password</legend>
      {ways.map(({ how, label, about }) => (
        <label key={how} className={choice.choice}>
          <input type="radio" name="how" checked={typed.how === how} onChange={() => change({ how })} />
          {label}
          <span className={choice.about}>{about}</span>
        </label>
      ))}
    </fieldset>
    {typed.how === 'password' && (
      <PasswordInput
        {...field}
        label="First password"
        required
        autoComplete="new-password"
        value={typed.password}
        error={problem}
        onChange={({ currentTarget: { value } }) => change({ password: value })}
      />
    )}
  </>
);

const useCreating = (created: () => void) => {
  const queries = useQueryClient();
  const navigate = useNavigate();
  return useMutation({
    mutationFn: (typed: Typed) => createUser(bodyOf(typed)),
    onSuccess: async (user, { how, email }) => {
      created();
      notify(
        how === 'link'
          ? `${user.displayName} is added; a link to choose a password is on its way to ${email}.`
          : `${user.displayName} is added and can sign in.`,
      );
      await refreshUsers(queries);
      await navigate(paths.user(user.id));
    },
  });
};

/** Adds somebody who can then be given roles; usually they choose their password by a mailed link. */
export const NewUser = () => {
  const { close } = useBesideList();
  const [typed, setTyped] = useState(nobody);
  const [problems, setProblems] = useState<Readonly<Record<string, string>>>({});
  const [isDone, setDone] = useState(false);
  const creating = useCreating(() => setDone(true));
  const ofFields = fieldRefusals(creating.error);
  const isOfField = Object.keys(ofFields).some((name) => name in typed);
  const form = useFocusOnProblem({ ...ofFields, ...problems });
  const change = (part: Partial<Typed>): void => {
    creating.reset();
    setProblems({});
    setTyped((before) => ({ ...before, ...part }));
  };
  const submit = (event?: FormEvent): void => {
    event?.preventDefault();
    const found = problemsOf(typed);
    setProblems(found);
    if (Object.keys(found).length === 0 && !creating.isPending) creating.mutate(typed);
  };
  useShortcuts({ 'Ctrl+Enter': () => submit() });
  const isTyped = Boolean(typed.displayName || typed.username || typed.email || typed.password);
  return (
    <div className={panel.panel}>
      <title>New user · System</title>
      <PanelHead title="New user" close={close} />
      <form ref={form} className={panel.form} aria-label="New user" noValidate onSubmit={submit}>
        <div className={styles.fields}>
          <PersonFields values={typed} problems={{ ...ofFields, ...problems }} change={change} isNew />
          <HowFields typed={typed} problem={problems.password ?? ofFields.password} change={change} />
        </div>
        <div className={panel.foot}>
          {creating.error && !isOfField && <Refusal text={`Not added: ${refusalWords(creating.error)}`} />}
          <Button kind="primary" type="submit" aria-disabled={creating.isPending} title="Ctrl+Enter">
            {creating.isPending ? 'Adding' : 'Add user'}
          </Button>
          <Button kind="quiet" onClick={close}>
            Cancel
          </Button>
        </div>
        <LeaveGuard isUnsaved={() => isTyped && !isDone} discard={() => setTyped(nobody())} />
      </form>
    </div>
  );
};
