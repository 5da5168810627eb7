import type { SiteRole } from '@ims/contracts/permissions';
import { siteRoles } from '@ims/contracts/permissions';
import { NativeSelect, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useRef, useState } from 'react';
import { ApiError } from '#api/api-error.ts';
import { addMember, memberKeys, members, type SiteMember } from '#api/members.ts';
import { roleWords } from '#app/site-switcher.tsx';
import { Button } from '#ui/button.tsx';
import { field } from '#ui/fields.ts';
import { fieldRefusals, refusalWords } from '#ui/refusal.tsx';
import styles from './administration-page.module.css';
import { nameOf } from './member-words.ts';

type Asked = { readonly email: string; readonly role: SiteRole };

const useAdding = (siteId: string, added: (outcome: string) => void) => {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (asked: Asked) => addMember(siteId, asked),
    onSuccess: async ({ invited, userId }, { email, role }) => {
      await queries.invalidateQueries({ queryKey: memberKeys.all(siteId) });
      const known = queries.getQueryData(members(siteId).queryKey)?.find(({ id }) => id === userId);
      added(
        invited
          ? `An invitation is on its way to ${email}; its link works for 7 days.`
          : `${known ? nameOf(known) : email} is ${role} here now and hears of it by mail.`,
      );
    },
  });
};

const checkEmail = (email: string, known: readonly SiteMember[]): string => {
  if (!email) return 'E-mail is required';
  if (!/^\S+@\S+\.\S+$/.test(email)) return 'E-mail must be an address like name@example.org';
  const member = known.find((one) => one.email.toLowerCase() === email.toLowerCase());
  return member ? `${nameOf(member)} is ${member.role} here already; change the role in the list` : '';
};

type AddMemberProps = {
  readonly siteId: string;
  readonly known: readonly SiteMember[];
  readonly close: () => void;
};

/** Adds one person after the other: by e-mail address, whether or not they have an account. */
export const AddMember = ({ siteId, known, close }: AddMemberProps) => {
  const [email, setEmail] = useState('');
  const [role, setRole] = useState<SiteRole>('viewer');
  const [problem, setProblem] = useState('');
  const [outcome, setOutcome] = useState('');
  const input = useRef<HTMLInputElement>(null);
  const adding = useAdding(siteId, (text) => {
    setOutcome(text);
    setEmail('');
    input.current?.focus();
  });
  const refused = adding.error;
  const ofEmail = fieldRefusals(refused).email;
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (adding.isPending) return;
    const wrong = checkEmail(email.trim(), known);
    setProblem(wrong);
    setOutcome('');
    input.current?.focus();
    if (!wrong) adding.mutate({ email: email.trim(), role });
  };
  return (
    <form
      className={styles.add}
      aria-label="Add member"
      noValidate
      onSubmit={submit}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        event.stopPropagation();
        close();
      }}
    >
      <TextInput
        {...field}
        ref={input}
        label="E-mail"
        type="email"
        required
        data-autofocus
        autoFocus
        autoComplete="off"
        value={email}
        error={problem || ofEmail}
        onChange={(event) => {
          setEmail(event.currentTarget.value);
          setProblem('');
          if (refused instanceof ApiError) adding.reset();
        }}
      />
      <NativeSelect
        {...field}
        label="Role"
        value={role}
        data={siteRoles.map((one) => ({ value: one, label: roleWords[one] }))}
        onChange={(event) => setRole(event.currentTarget.value as SiteRole)}
      />
      <div className={styles.buttons}>
        <Button kind="primary" type="submit" aria-disabled={adding.isPending}>
          {adding.isPending ? 'Adding' : 'Add member'}
        </Button>
        <Button kind="quiet" onClick={close}>
          Close
        </Button>
      </div>
      <p className={styles.outcome} role="status">
        {outcome || (refused && !ofEmail ? `Not added: ${refusalWords(refused)}` : '')}
        {!outcome && !refused && 'Somebody without an account gets an invitation by mail.'}
      </p>
    </form>
  );
};
