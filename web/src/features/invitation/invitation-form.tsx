import { Select, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import { ApiError } from '#api/api-error.ts';
import { acceptInvitation } from '#api/invitations.ts';
import { NewPasswordField } from '#features/passwords/new-password-field.tsx';
import { readRefused } from '#features/passwords/refused-form.ts';
import { isLinkGone } from '#features/passwords/reset-page.tsx';
import { Button } from '#ui/button.tsx';
import { viewerZone } from '#ui/date-words.ts';
import { field, searchedListField } from '#ui/fields.ts';
import { FormProblem, StackedForm } from '#ui/stacked-form.tsx';
import { timeZones } from '#ui/time-zones.ts';
import { suggestUsername } from './suggest-username.ts';

const names = ['displayName', 'username', 'timezone', 'password'] as const;

type InvitationFormProps = { readonly token: string; readonly email: string; readonly done: () => void };

/** Who the invited person is. The username follows from the address, the time zone from the browser; both may be changed. */
export const InvitationForm = ({ token, email, done }: InvitationFormProps) => {
  const [entered, setEntered] = useState(() => ({
    displayName: '',
    username: suggestUsername(email),
    timezone: viewerZone(),
    password: '',
  }));
  const form = useRef<HTMLFormElement>(null);
  const accepting = useMutation({ mutationFn: acceptInvitation, onSuccess: done });
  const { fields, problem } = readRefused(accepting.error, names);
  const focusOn = (name: string | undefined): void =>
    name ? form.current?.querySelector<HTMLElement>(`[name="${name}"]`)?.focus() : undefined;
  const atFault = names.find((name) => fields[name]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: each refusal moves the focus once, a letter typed since does not
  useEffect(() => focusOn(atFault), [accepting.error]);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const empty = names.find((name) => !entered[name].trim());
    if (empty) focusOn(empty);
    else if (!accepting.isPending) accepting.mutate({ token, ...entered });
  };
  const hasAccount = accepting.error instanceof ApiError && accepting.error.status === 409;
  const isGone = !hasAccount && isLinkGone(accepting.error, names);
  return (
    <StackedForm ref={form} aria-label="Accept the invitation" onSubmit={submit}>
      <TextInput
        {...field}
        label="Your name"
        name="displayName"
        autoComplete="name"
        autoFocus
        error={fields.displayName}
        value={entered.displayName}
        onChange={({ currentTarget }) => setEntered({ ...entered, displayName: currentTarget.value })}
      />
      <TextInput
        {...field}
        label="Username"
        name="username"
        autoComplete="username"
        autoCapitalize="none"
        spellCheck={false}
        error={fields.username}
        value={entered.username}
        onChange={({ currentTarget }) => setEntered({ ...entered, username: currentTarget.value })}
      />
      <NewPasswordField
        label="Password"
        name="password"
        mayRepeat={false}
        error={fields.password}
        value={entered.password}
        change={(password) => setEntered({ ...entered, password })}
      />
      <Select
        {...searchedListField}
        label="Time zone"
        name="timezone"
        data={timeZones()}
        limit={30}
        error={fields.timezone}
        value={entered.timezone}
        onChange={(timezone) => timezone && setEntered({ ...entered, timezone })}
      />
      <FormProblem
        text={problem && (isGone ? `${problem} Ask whoever invited you to send another invitation.` : problem)}
      />
      <Button kind="primary" type="submit" disabled={accepting.isPending}>
        Accept invitation
      </Button>
    </StackedForm>
  );
};
