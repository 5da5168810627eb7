import type { Interaction, InteractionSaved } from '@ims/contracts/interactions/api';
import { useEffect, useRef } from 'react';
import { LeaveGuard } from '#app/leave-guard.tsx';
import panel from '#ui/panel.module.css';
import { useShortcuts } from '#ui/shortcuts.ts';
import { ConflictDialog } from './conflict-dialog.tsx';
import { FormFields } from './form-fields.tsx';
import { FormActions, FormHead, MovedToBin, Problem, RestoredNote } from './form-parts.tsx';
import { type FormValues, nextValues } from './form-values.ts';
import styles from './interaction-form.module.css';
import { useInteractionForm } from './use-interaction-form.ts';
import type { SaveKind } from './use-save.ts';

type InteractionFormProps = {
  readonly heading: string;
  readonly record?: Interaction;
  readonly initial: FormValues;
  readonly saved: (answer: InteractionSaved, kind: SaveKind) => void;
  readonly cancel: () => void;
  readonly moveToBin?: () => void;
};

/** Record and correct with the same form. Whatever goes wrong, what was typed stays. */
export const InteractionForm = ({ heading, record, initial, saved, cancel, moveToBin }: InteractionFormProps) => {
  const element = useRef<HTMLFormElement>(null);
  const isUnfinished = !record || record.status === 'draft' || record.status === 'incomplete';
  const focusFirst = (): void => element.current?.querySelector<HTMLElement>('[data-autofocus]')?.focus();
  const state = useInteractionForm({
    record,
    initial,
    saved: (answer, { kind, values }) => {
      if (kind === 'save-and-new' && !record) {
        state.begin(nextValues(values));
        focusFirst();
      }
      saved(answer, kind);
    },
  });
  const { form, save, rest, base, submit } = state;
  useEffect(focusFirst, []);
  const ask = (kind: SaveKind) => (): void => void (save.isPending || submit(kind));
  useShortcuts({ 'Ctrl+Enter': ask('save'), 'Ctrl+Shift+Enter': ask('save-and-new'), Escape: cancel });
  return (
    <div className={panel.panel}>
      <FormHead heading={heading} cancel={cancel} />
      <form
        ref={element}
        noValidate
        className={panel.form}
        aria-label={heading}
        onSubmit={(event) => {
          event.preventDefault();
          ask('save')();
        }}
      >
        <div className={styles.fields}>
          {state.isRestored && <RestoredNote discard={state.discard} />}
          {save.error && <Problem error={save.error} rest={rest} retry={ask(save.variables?.kind ?? 'save')} />}
          {save.isGone && <MovedToBin />}
          <FormFields form={form} />
        </div>
        <FormActions
          isNew={!record}
          isUnfinished={isUnfinished}
          isSaving={save.isPending}
          ask={ask}
          cancel={cancel}
          moveToBin={moveToBin}
        />
      </form>
      <LeaveGuard isUnsaved={state.isUnsaved} discard={state.discard} />
      {save.theirs && (
        <ConflictDialog
          base={base}
          mine={form.getValues()}
          theirs={save.theirs}
          close={save.forgetTheirs}
          save={(merged, theirs) => {
            save.forgetTheirs();
            state.adopt(theirs, merged);
          }}
        />
      )}
    </div>
  );
};
