import type { Interaction } from '@ims/contracts/interactions/api';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { deleteInteraction, restoreInteraction, showMoved } from '#api/interactions.ts';
import { Button } from '#ui/button.tsx';
import { formatDayOfYear } from '#ui/date-words.ts';
import { Dialog } from '#ui/dialog.tsx';
import { notify } from '#ui/notices.ts';
import { useSite } from './site-context.ts';

const keptForDays = 30;
type Binned = Pick<Interaction, 'id' | 'title'>;

export const nameOf = (title: string): string => title || 'Untitled';

/** Restores a record from the bin, and says so. */
export const useRestore = () => {
  const { siteId } = useSite();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (binned: Binned) => restoreInteraction(siteId, binned.id),
    onSuccess: async (_, { id, title }) => {
      notify(`“${nameOf(title)}” is back.`);
      await showMoved(queries, siteId, id);
    },
    onError: (error) => notify(`Not restored: ${error.message}`, { tone: 'danger' }),
  });
};

/** Asks before a record goes to the bin; afterwards a notice offers to undo it. */
export const useMoveToBin = (
  moved: (id: string) => void,
): { ask: (interaction: Binned) => void; dialog: ReactNode } => {
  const { siteId } = useSite();
  const queries = useQueryClient();
  const [asked, setAsked] = useState<Binned>();
  const restore = useRestore();
  const remove = useMutation({
    mutationFn: (binned: Binned) => deleteInteraction(siteId, binned.id),
    onSuccess: async (_, binned) => {
      setAsked(undefined);
      moved(binned.id);
      notify(`“${nameOf(binned.title)}” is in the bin.`, {
        action: { label: 'Undo', run: () => restore.mutate(binned) },
      });
      await showMoved(queries, siteId, binned.id);
    },
  });
  const close = (): void => {
    remove.reset();
    setAsked(undefined);
  };
  const dialog = asked && (
    <Dialog
      title="Move to bin"
      close={close}
      actions={
        <>
          <Button onClick={close}>Keep interaction</Button>
          <Button kind="danger" data-autofocus disabled={remove.isPending} onClick={() => remove.mutate(asked)}>
            Move to bin
          </Button>
        </>
      }
    >
      <p>{`Move “${nameOf(asked.title)}” to the bin? It can be restored until ${formatDayOfYear(Date.now() + keptForDays * 86_400_000)}.`}</p>
      {remove.error && <p role="alert">{`Not moved: ${remove.error.message}`}</p>}
    </Dialog>
  );
  return { ask: setAsked, dialog };
};
