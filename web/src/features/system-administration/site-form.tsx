import { Textarea, TextInput } from '@mantine/core';
import { type FormEvent, type ReactNode, useState } from 'react';
import { LeaveGuard } from '#app/leave-guard.tsx';
import { Button } from '#ui/button.tsx';
import { field } from '#ui/fields.ts';
import { useFocusOnProblem } from '#ui/focus-problem.ts';
import panel from '#ui/panel.module.css';
import { fieldRefusals, Refusal, refusalWords } from '#ui/refusal.tsx';
import { useShortcuts } from '#ui/shortcuts.ts';
import styles from './system-page.module.css';

export type SiteValues = { readonly name: string; readonly description: string };

type SiteFormProps = {
  readonly label: string;
  readonly values: SiteValues;
  readonly isChanged: boolean;
  readonly isSaving: boolean;
  readonly error: Error | null;
  readonly verb: string;
  readonly isNew?: boolean;
  readonly change: (part: Partial<SiteValues>) => void;
  readonly save: () => void;
  readonly discard: () => void;
  readonly children: ReactNode;
};

/** Name and description of a site; `children` are the buttons beside the one that saves. */
export const SiteForm = ({ values, isChanged, isSaving, error, isNew = false, children, ...form }: SiteFormProps) => {
  const [isMissing, setMissing] = useState(false);
  const ofFields = fieldRefusals(error);
  const isOfField = Object.keys(ofFields).some((name) => name in values);
  const element = useFocusOnProblem({ ...ofFields, ...(isMissing ? { name: 'missing' } : {}) });
  const edit = (part: Partial<SiteValues>): void => {
    setMissing(false);
    form.change(part);
  };
  const submit = (event?: FormEvent): void => {
    event?.preventDefault();
    setMissing(!values.name.trim());
    if (values.name.trim() && isChanged && !isSaving) form.save();
  };
  useShortcuts({ 'Ctrl+Enter': () => submit() });
  return (
    <form ref={element} className={panel.form} aria-label={form.label} noValidate onSubmit={submit}>
      <div className={styles.fields}>
        <TextInput
          {...field}
          label="Name"
          required
          maxLength={100}
          autoComplete="off"
          autoFocus={isNew}
          value={values.name}
          error={isMissing ? 'Name is required' : ofFields.name}
          onChange={({ currentTarget: { value } }) => edit({ name: value })}
        />
        <Textarea
          {...field}
          label="Description"
          rows={3}
          resize="vertical"
          maxLength={1_000}
          value={values.description}
          error={ofFields.description}
          onChange={({ currentTarget: { value } }) => edit({ description: value })}
        />
      </div>
      <div className={panel.foot}>
        {error && !isOfField && <Refusal text={`Not saved: ${refusalWords(error)}`} />}
        <Button kind="primary" type="submit" aria-disabled={isSaving || (!isNew && !isChanged)} title="Ctrl+Enter">
          {isSaving ? 'Saving' : form.verb}
        </Button>
        {children}
      </div>
      <LeaveGuard isUnsaved={() => isChanged} discard={form.discard} />
    </form>
  );
};
