import type { SignedInUser } from '@ims/contracts/auth/api';
import { Select, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import { type ProfileChanges, saveProfile } from '#api/profile.ts';
import { LeaveGuard } from '#app/leave-guard.tsx';
import { readRefused } from '#features/passwords/refused-form.ts';
import { Button } from '#ui/button.tsx';
import { browserZone, zoneWord } from '#ui/date-words.ts';
import { field, listField, searchedListField } from '#ui/fields.ts';
import { FormProblem, StackedForm } from '#ui/stacked-form.tsx';
import { timeZones } from '#ui/time-zones.ts';
import styles from './profile.module.css';

const names = ['displayName', 'timezone', 'defaultSiteId'] as const;
const always = 'ask';

/** Without what is again as it was. */
const differing = (changes: ProfileChanges, user: SignedInUser): ProfileChanges => ({
  ...(changes.displayName === undefined || changes.displayName === user.displayName
    ? {}
    : { displayName: changes.displayName }),
  ...(changes.timezone === undefined || changes.timezone === user.timezone ? {} : { timezone: changes.timezone }),
  ...(changes.defaultSiteId === undefined || changes.defaultSiteId === user.defaultSiteId
    ? {}
    : { defaultSiteId: changes.defaultSiteId }),
});

/** What is typed, what of it differs from what is saved, and the saving itself. */
const useProfile = (user: SignedInUser) => {
  const [typed, setTyped] = useState<ProfileChanges>({});
  const form = useRef<HTMLFormElement>(null);
  const saving = useMutation({ mutationFn: saveProfile, onSuccess: () => setTyped({}) });
  const changes = differing(typed, user);
  const isUnsaved = Object.keys(changes).length > 0;
  const refused = readRefused(saving.error, names);
  const atFault = names.find((name) => refused.fields[name]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: each refusal moves the focus once, a letter typed since does not
  useEffect(() => {
    if (atFault) form.current?.querySelector<HTMLElement>(`[name="${atFault}"]`)?.focus();
  }, [saving.error]);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (isUnsaved && !saving.isPending) saving.mutate(changes);
  };
  return {
    form,
    saving,
    refused,
    isUnsaved,
    submit,
    shown: {
      displayName: typed.displayName ?? user.displayName,
      timezone: changes.timezone ?? user.timezone,
      defaultSiteId: changes.defaultSiteId === undefined ? user.defaultSiteId : changes.defaultSiteId,
    },
    change: (more: ProfileChanges): void => setTyped({ ...typed, ...more }),
    discard: (): void => setTyped({}),
  };
};

/** Offered where the computer stands in another zone than the profile says. */
const BrowserZone = ({ zone, choose }: { readonly zone: string; readonly choose: (zone: string) => void }) => {
  const here = browserZone();
  if (here === zone) return null;
  return (
    <p className={styles.hint}>
      This computer is on the time of {zoneWord(here)}.{' '}
      <Button kind="link" onClick={() => choose(here)}>
        Use {zoneWord(here)}
      </Button>
    </p>
  );
};

export const ProfileForm = ({ user }: { readonly user: SignedInUser }) => {
  const { form, saving, refused, isUnsaved, shown, change, discard, submit } = useProfile(user);
  const sites = user.sites.map(({ id, name }) => ({ value: id, label: name }));
  return (
    <StackedForm ref={form} aria-label="Profile" onSubmit={submit}>
      <TextInput
        {...field}
        label="Name"
        name="displayName"
        autoComplete="name"
        error={refused.fields.displayName}
        value={shown.displayName}
        onChange={({ currentTarget }) => change({ displayName: currentTarget.value })}
      />
      <div>
        <Select
          {...searchedListField}
          label="Time zone"
          name="timezone"
          limit={30}
          data={timeZones([user.timezone])}
          error={refused.fields.timezone}
          value={shown.timezone}
          onChange={(timezone) => timezone && change({ timezone })}
        />
        <BrowserZone zone={shown.timezone} choose={(timezone) => change({ timezone })} />
      </div>
      {sites.length > 1 && (
        <Select
          {...listField}
          label="Site after signing in"
          name="defaultSiteId"
          allowDeselect={false}
          data={[{ value: always, label: 'Ask me every time' }, ...sites]}
          error={refused.fields.defaultSiteId}
          value={shown.defaultSiteId ?? always}
          onChange={(site) => site && change({ defaultSiteId: site === always ? null : site })}
        />
      )}
      <FormProblem text={refused.problem} />
      <div className={styles.actions}>
        <Button kind="primary" type="submit" aria-disabled={!isUnsaved || saving.isPending}>
          Save profile
        </Button>
        <span role="status" className={styles.saved}>
          {saving.isSuccess && !isUnsaved ? 'Saved' : ''}
        </span>
      </div>
      <LeaveGuard isUnsaved={() => isUnsaved} discard={discard} />
    </StackedForm>
  );
};
