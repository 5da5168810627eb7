import type { Interaction, InteractionSaved } from '@ims/contracts/interactions/api';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { type FieldErrors, type Resolver, type UseFormReturn, useForm } from 'react-hook-form';
import { ApiError } from '#api/api-error.ts';
import { useSite } from '#app/site-context.ts';
import { checkForm, errorsFrom } from './check-form.ts';
import { changedFields, type FieldName, type FormValues, valuesOf } from './form-values.ts';
import { forgetText, type KeptPlace, keepText, keptText } from './kept-text.ts';
import { type Attempt, type SaveKind, useSave } from './use-save.ts';

type FormParts = {
  readonly record: Interaction | undefined;
  readonly initial: FormValues;
  readonly saved: (answer: InteractionSaved, attempt: Attempt) => void;
};

const toFieldErrors = (errors: Partial<Record<FieldName, string>>): FieldErrors<FormValues> =>
  Object.fromEntries(Object.entries(errors).map(([name, message]) => [name, { type: 'check', message }]));

type Form = UseFormReturn<FormValues>;
type Typing = {
  readonly place: KeptPlace;
  readonly base: FormValues;
  readonly revision: number | undefined;
};

/** Keeps what differs from where the typing began, so that a reload does not lose it. */
const useKeepWhileTyping = (form: Form, { place, base, revision }: Typing): void => {
  useEffect(
    () =>
      form.subscribe({
        formState: { values: true },
        callback: ({ values }) => {
          if (Object.keys(changedFields(base, values)).length) keepText(place, { values, base, revision });
          else forgetText(place);
        },
      }),
    [form, base, place, revision],
  );
};

type Refused = { readonly error: Error | null; readonly giveFocusBack: () => void };

/**
 * Puts what the server refused beside the fields, with the focus on the first, or back where it was when it was sent;
 * gives back what belongs to no field.
 */
const useServerErrors = (form: Form, { error, giveFocusBack }: Refused): readonly string[] => {
  const [rest, setRest] = useState<readonly string[]>([]);
  useEffect(() => {
    if (error) giveFocusBack();
    if (!(error instanceof ApiError)) return;
    const placed = errorsFrom(error.details, form.getValues());
    const names = Object.keys(placed.errors) as FieldName[];
    for (const name of names) form.setError(name, { type: 'server', message: placed.errors[name] ?? '' });
    if (names[0]) form.setFocus(names[0]);
    setRest(placed.rest);
  }, [error, form, giveFocusBack]);
  return rest;
};

/** The form's state: what is typed, what it began from, how it is checked, kept and saved. */
export const useInteractionForm = ({ record, initial, saved }: FormParts) => {
  const { siteId, user } = useSite();
  const id = record?.id ?? 'new';
  const place = useMemo(() => ({ userId: user.id, siteId, id }), [user.id, siteId, id]);
  const [kept, setKept] = useState(() => keptText(place));
  const kind = useRef<SaveKind>('save');
  const isDone = useRef(false);
  const [ground, setGround] = useState(() => ({
    base: kept?.base ?? initial,
    revision: kept?.revision ?? record?.revision,
  }));
  const { base, revision } = ground;
  const resolver: Resolver<FormValues> = (values) => {
    const errors = checkForm(values, kind.current === 'draft');
    return Object.keys(errors).length ? { values: {}, errors: toFieldErrors(errors) } : { values, errors: {} };
  };
  const form = useForm<FormValues>({
    defaultValues: kept?.values ?? initial,
    resolver,
    // Not on blur: a message that comes in between pressing and releasing the mouse moves the target away.
    mode: 'onSubmit',
    shouldFocusError: true,
  });
  const isChanged = (): boolean => Object.keys(changedFields(base, form.getValues())).length > 0;

  const save = useSave((answer, attempt) => {
    forgetText(place);
    setKept(undefined);
    isDone.current = true;
    saved(answer, attempt);
  });

  useKeepWhileTyping(form, { place, ...ground });
  const sentFrom = useRef<Element>(null);
  const giveFocusBack = useCallback(() => {
    const isLost = document.activeElement === null || document.activeElement === document.body;
    if (isLost && sentFrom.current instanceof HTMLElement) sentFrom.current.focus();
  }, []);
  const rest = useServerErrors(form, { error: save.error, giveFocusBack });

  const submit = async (how: SaveKind): Promise<void> => {
    sentFrom.current = document.activeElement;
    // A day or time is read when its field is left.
    if (document.activeElement instanceof HTMLInputElement) document.activeElement.blur();
    kind.current = how;
    isDone.current = false;
    await form.handleSubmit((values) => save.mutate({ values, kind: how, record, revision, base }))();
  };

  return {
    form,
    save,
    rest,
    base,
    submit,
    isRestored: kept !== undefined,
    isUnsaved: (): boolean => !isDone.current && isChanged(),
    begin: (values: FormValues): void => {
      form.reset(values);
      isDone.current = false;
    },
    /** Goes on from what somebody else saved, with the merged text, and saves that. */
    adopt: (theirs: Interaction, merged: FormValues): void => {
      const theirGround = { base: valuesOf(theirs), revision: theirs.revision };
      setGround(theirGround);
      for (const [name, value] of Object.entries(merged))
        form.setValue(name as FieldName, value, { shouldDirty: true });
      save.mutate({ values: merged, kind: kind.current, record: theirs, ...theirGround });
    },
    discard: (): void => {
      forgetText(place);
      setKept(undefined);
      setGround({ base: initial, revision: record?.revision });
      form.reset(initial);
    },
  };
};
