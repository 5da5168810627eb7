import type { InteractionSaved } from '@ims/contracts/interactions/api';
import { nameOf } from '#app/move-to-bin.tsx';
import { notify } from '#ui/notices.ts';

type Ways = { readonly open?: () => void; readonly showSameTitle: () => void; readonly edit: () => void };

/** Says that a record is saved, and what the server noticed about it. */
export const saySaved = ({ interaction, warnings }: InteractionSaved, { open, showSameTitle, edit }: Ways): void => {
  const isDraft = interaction.status === 'draft' || interaction.status === 'incomplete';
  notify(
    `“${nameOf(interaction.title)}” is saved${isDraft ? ' as a draft' : ''}.`,
    open ? { action: { label: 'Open', run: open } } : {},
  );
  for (const { code, message } of warnings) {
    const action =
      code === 'DUPLICATE_TITLE' ? { label: 'Show both', run: showSameTitle } : { label: 'Edit', run: edit };
    notify(message, { tone: 'warning', action });
  }
};
