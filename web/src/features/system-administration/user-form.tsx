import type { SystemRole } from '@ims/contracts/permissions';
import { systemRoles } from '@ims/contracts/permissions';
import type { User } from '@ims/contracts/users/api';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { refreshOwnRoles } from '#api/own-roles.ts';
import { refreshUsers, replaceSystemRoles, updateUser } from '#api/users.ts';
import { LeaveGuard } from '#app/leave-guard.tsx';
import { Button } from '#ui/button.tsx';
import choice from '#ui/choice.module.css';
import { ConfirmDialog } from '#ui/confirm-dialog.tsx';
import { useFocusOnProblem } from '#ui/focus-problem.ts';
import { notify } from '#ui/notices.ts';
import panel from '#ui/panel.module.css';
import { fieldRefusals, Refusal, refusalWords } from '#ui/refusal.tsx';
import { useShortcuts } from '#ui/shortcuts.ts';
import { PersonFields, type PersonValues, personProblems } from './person-fields.tsx';
import styles from './system-page.module.css';
import { nameOf, systemRoleWords } from './user-words.ts';

type Edits = Partial<PersonValues> & { readonly roles?: readonly SystemRole[] };

const isSameRoles = (one: readonly SystemRole[], other: readonly SystemRole[]): boolean =>
  one.length === other.length && one.every((role) => other.includes(role));

/** What of the edits differs from what is saved. */
const changesOf = (user: User, { roles, ...edits }: Edits): Edits => ({
  ...Object.fromEntries(Object.entries(edits).filter(([name, value]) => user[name as keyof PersonValues] !== value)),
  ...(roles && !isSameRoles(roles, user.systemRoles) ? { roles } : {}),
});

const save = async (id: string, { roles, ...person }: Edits): Promise<void> => {
  if (Object.keys(person).length) await updateUser(id, person);
  if (roles) await replaceSystemRoles(id, roles);
};

const useSaving = (user: User, saved: () => void) => {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (changes: Edits) => save(user.id, changes),
    onSuccess: async (_, { displayName }) => {
      notify(`${displayName ?? nameOf(user)} is saved.`);
      await refreshUsers(queries);
      saved();
      await refreshOwnRoles().catch(() => undefined);
    },
    // What a colleague has saved shows, and a part of the changes may be in.
    onError: () => refreshUsers(queries),
  });
};

type RoleFieldsProps = { readonly roles: readonly SystemRole[]; readonly change: (roles: SystemRole[]) => void };

const RoleFields = ({ roles, change }: RoleFieldsProps) => (
  <fieldset className={styles.choices}>
    <legend>System roles</legend>
    {systemRoles.map((role) => (
      <label key={role} className={choice.choice}>
        <input
          type="checkbox"
          checked={roles.includes(role)}
          onChange={({ currentTarget: { checked } }) =>
            change(systemRoles.filter((one) => (one === role ? checked : roles.includes(one))))
          }
        />
        {systemRoleWords[role].label}
        <span className={choice.about}>{systemRoleWords[role].about}</span>
      </label>
    ))}
  </fieldset>
);

const OwnRoleQuestion = ({ run, close }: { readonly run: () => void; readonly close: () => void }) => (
  <ConfirmDialog title="Give up your own role" verb="Save user" isDestructive run={run} close={close}>
    <p>
      You are no longer administrator of the system then and leave this screen. Only another one can change that back.
    </p>
  </ConfirmDialog>
);

/** Who the person is and what they may do in the system, saved together. */
export const UserForm = ({ user, isOwn }: { readonly user: User; readonly isOwn: boolean }) => {
  const [edits, setEdits] = useState<Edits>({});
  const [problems, setProblems] = useState<Readonly<Record<string, string>>>({});
  const [isAsking, setAsking] = useState(false);
  const saving = useSaving(user, () => setEdits({}));
  const changes = changesOf(user, edits);
  const isChanged = Object.keys(changes).length > 0;
  const values = { ...user, ...edits };
  const roles = edits.roles ?? user.systemRoles;
  const ofFields = fieldRefusals(saving.error);
  const isOfField = Object.keys(ofFields).some((name) => name in values);
  const form = useFocusOnProblem({ ...ofFields, ...problems });
  const edit = (change: Edits): void => {
    saving.reset();
    setProblems({});
    setEdits((before) => ({ ...before, ...change }));
  };
  const submit = (event?: FormEvent): void => {
    event?.preventDefault();
    if (!isChanged || saving.isPending) return;
    const found = personProblems(values);
    setProblems(found);
    if (Object.keys(found).length) return;
    if (isOwn && changes.roles && !changes.roles.includes('administrator')) setAsking(true);
    else saving.mutate(changes);
  };
  useShortcuts({ 'Ctrl+Enter': () => submit() });
  return (
    <form ref={form} className={panel.form} aria-label={`Edit ${nameOf(user)}`} noValidate onSubmit={submit}>
      <div className={styles.fields}>
        <PersonFields values={values} problems={{ ...ofFields, ...problems }} change={edit} />
        <RoleFields roles={roles} change={(next) => edit({ roles: next })} />
      </div>
      <div className={panel.foot}>
        {saving.error && !isOfField && <Refusal text={`Not saved: ${refusalWords(saving.error)}`} />}
        <Button kind="primary" type="submit" aria-disabled={!isChanged || saving.isPending} title="Ctrl+Enter">
          {saving.isPending ? 'Saving' : 'Save user'}
        </Button>
        {isChanged && (
          <Button kind="quiet" onClick={() => setEdits({})}>
            Discard changes
          </Button>
        )}
      </div>
      {isAsking && <OwnRoleQuestion run={() => saving.mutate(changes)} close={() => setAsking(false)} />}
      <LeaveGuard isUnsaved={() => isChanged} discard={() => setEdits({})} />
    </form>
  );
};
