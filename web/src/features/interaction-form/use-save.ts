import type { Interaction, InteractionSaved } from '@ims/contracts/interactions/api';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { ApiError } from '#api/api-error.ts';
import { createInteraction, interaction, replaceInteraction, showSaved, updateInteraction } from '#api/interactions.ts';
import { useSite } from '#app/site-context.ts';
import { draftFields } from './check-form.ts';
import { changedFields, type FormValues, fieldsOf } from './form-values.ts';

export type SaveKind = 'save' | 'save-and-new' | 'draft';
export type Attempt = {
  readonly values: FormValues;
  readonly kind: SaveKind;
  readonly record: Interaction | undefined;
  /** The revision and the values that the typing began from. */
  readonly revision: number | undefined;
  readonly base: FormValues;
};

const isUnfinished = (record: Interaction): boolean => record.status === 'draft' || record.status === 'incomplete';

const send = (
  siteId: string,
  { values, kind, record, revision, base }: Attempt,
  key: string,
): Promise<InteractionSaved> => {
  if (!record) {
    const body = kind === 'draft' ? { ...draftFields(values), status: 'draft' as const } : fieldsOf(values);
    return createInteraction(siteId, body, key);
  }
  const change = { revision, key };
  // Giving every field at once is how an unfinished record is submitted.
  if (isUnfinished(record) && kind !== 'draft') return replaceInteraction(siteId, record.id, fieldsOf(values), change);
  const changes = changedFields(base, values);
  if (Object.keys(changes).length === 0) return Promise.resolve({ success: true, interaction: record, warnings: [] });
  return updateInteraction(siteId, record.id, changes, change);
};

/**
 * Saves the form. The same content is always sent under the same key, so that a retry after a lost answer does not
 * make a second record. When somebody else has saved meanwhile, `theirs` is their version; `isGone` when they moved
 * the record to the bin.
 */
export const useSave = (saved: (answer: InteractionSaved, attempt: Attempt) => void) => {
  const { siteId } = useSite();
  const queries = useQueryClient();
  const sent = useRef({ content: '', key: '' });
  const [theirs, setTheirs] = useState<Interaction>();
  const [isGone, setGone] = useState(false);
  const keyFor = (attempt: Attempt): string => {
    const content = JSON.stringify([attempt.values, attempt.kind === 'draft', attempt.revision]);
    if (sent.current.content !== content) sent.current = { content, key: crypto.randomUUID() };
    return sent.current.key;
  };
  const mutation = useMutation({
    mutationFn: (attempt: Attempt) => send(siteId, attempt, keyFor(attempt)),
    onSuccess: (answer, attempt) => {
      sent.current = { content: '', key: '' };
      saved(answer, attempt);
      showSaved(queries, siteId, answer.interaction).catch(() => undefined);
    },
    // Not awaited: saving has ended, and its button is there again, while their version is on its way.
    onError: (error, { record }) => {
      if (!record || !(error instanceof ApiError) || error.code !== 'PRECONDITION_FAILED') return;
      queries
        .fetchQuery({ ...interaction(siteId, record.id), staleTime: 0 })
        .then(setTheirs, (reason: unknown) => setGone(reason instanceof ApiError && reason.status === 404))
        .catch(() => undefined);
    },
    onMutate: () => setGone(false),
  });
  return { ...mutation, theirs, isGone, forgetTheirs: () => setTheirs(undefined) };
};
