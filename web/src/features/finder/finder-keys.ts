import type { Interaction } from '@ims/contracts/interactions/api';
import type { RefObject } from 'react';
import { useNavigate } from 'react-router';
import type { Command } from '#app/commands.ts';
import { useSite } from '#app/site-context.ts';
import type { Shortcuts } from '#ui/shortcuts.ts';
import { paths } from '../../paths.ts';
import type { RowsHandle } from './finder-grid.tsx';
import type { Finder } from './use-finder.ts';

type FinderKeysParts = {
  readonly finder: Finder;
  readonly panel: { readonly openId: string | undefined; readonly isRecord: boolean; readonly isOpen: boolean };
  readonly rows: RefObject<RowsHandle | null>;
  readonly siteId: string;
  readonly close: () => void;
  readonly askToMove: (row: Interaction) => void;
};

const chosenIsThere = (openId: string | undefined, shown: readonly Interaction[]): boolean =>
  shown.some(({ id }) => id === openId);

/** Walking the rows by keyboard, with a record open beside them or not. */
export const useFinderKeys = ({ finder, panel, rows, siteId, close, askToMove }: FinderKeysParts) => {
  const { can } = useSite();
  const navigate = useNavigate();
  const { list, query, change, search } = finder;
  const shown = list?.interactions ?? [];

  const follow = (row: Interaction): void => {
    if (row.id !== panel.openId) void navigate(paths.interaction(siteId, row.id) + search, { replace: true });
  };
  const walk = (step: number): void => {
    const current = panel.openId ?? rows.current?.focused()?.id;
    const at = shown.findIndex(({ id }) => id === current);
    const next = shown[at < 0 ? 0 : Math.min(Math.max(at + step, 0), shown.length - 1)];
    if (!next) return;
    if (panel.isRecord) follow(next);
    rows.current?.focus(next.id);
  };
  const turn = (step: number): void => {
    const page = query.page + step;
    if (page >= 1 && page <= (list?.totalPages ?? page)) change({ ...query, page });
  };
  const chosen = (): Interaction | undefined => rows.current?.focused() ?? shown.find(({ id }) => id === panel.openId);
  const edit = (): void => {
    const id = panel.openId ?? chosen()?.id;
    if (id && can('interaction.edit')) void navigate(paths.editInteraction(siteId, id) + search);
  };
  const remove = (): void => {
    const row = chosen();
    if (row && can('interaction.delete')) askToMove(row);
  };
  const isInForm = panel.isOpen && !panel.isRecord;
  const shortcuts: Shortcuts = {
    n: () => {
      if (can('interaction.create')) void navigate(paths.newInteraction(siteId) + search);
    },
    ...(isInForm
      ? {}
      : {
          j: () => walk(1),
          k: () => walk(-1),
          ArrowDown: () => walk(1),
          ArrowUp: () => walk(-1),
          '[': () => turn(-1),
          ']': () => turn(1),
          e: edit,
          Delete: remove,
          ...(panel.isOpen ? { Escape: close } : {}),
        }),
  };
  const commands: readonly Command[] =
    isInForm || !chosenIsThere(panel.openId, shown)
      ? []
      : [
          ...(can('interaction.edit') ? [{ label: 'Edit the open interaction', keys: 'e', run: edit }] : []),
          ...(can('interaction.delete')
            ? [{ label: 'Move the open interaction to the bin', words: 'delete', keys: 'Delete', run: remove }]
            : []),
        ];
  return { shortcuts, walk, follow, commands };
};
