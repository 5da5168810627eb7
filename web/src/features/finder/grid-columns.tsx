import type { Interaction } from '@ims/contracts/interactions/api';
import type { ColDef } from 'ag-grid-community';
import { type ColumnChoice, columns } from './columns.ts';
import { isSortable } from './finder-url.ts';
import {
  ActionsCell,
  ActionsHead,
  EndCell,
  InstantCell,
  StatusCell,
  TextCell,
  TitleCell,
  WhenCell,
  ZoneCell,
} from './grid-cells.tsx';

const cells: Record<string, ColDef<Interaction>> = {
  title: {
    cellRenderer: TitleCell,
    minWidth: 200,
    // A record that comes to be held, or is no longer, is drawn again though its title stays.
    valueGetter: ({ data }) => data && [data.title, data.held ? 'held' : ''].filter(Boolean).join(', '),
  },
  type: { cellRenderer: TextCell },
  lead: { cellRenderer: TextCell },
  startDateTime: {
    cellRenderer: WhenCell,
    valueGetter: ({ data }) => data && [data.startDateTime, data.endDateTime, data.timezone].join(' '),
  },
  endDateTime: { cellRenderer: EndCell },
  timezone: { cellRenderer: ZoneCell },
  location: { cellRenderer: TextCell, minWidth: 100 },
  status: { cellRenderer: StatusCell },
  description: { cellRenderer: TextCell },
  notes: { cellRenderer: TextCell },
  createdBy: { valueGetter: ({ data }) => data?.createdBy.displayName },
  createdAt: { cellRenderer: InstantCell },
  updatedBy: { valueGetter: ({ data }) => data?.updatedBy.displayName },
  updatedAt: { cellRenderer: InstantCell },
};

const actions: ColDef<Interaction> = {
  colId: 'actions',
  headerName: 'Actions',
  headerComponent: ActionsHead,
  width: 52,
  pinned: 'right',
  lockPinned: true,
  lockPosition: 'right',
  suppressMovable: true,
  resizable: false,
  sortable: false,
  enableCellChangeFlash: false,
  cellRenderer: ActionsCell,
  cellClass: 'actions-cell',
  suppressHeaderKeyboardEvent: () => true,
};

/** The rows come sorted from the server: the grid shows the order and never makes one. */
const asSorted = (): number => 0;

export const columnDefinitions: ColDef<Interaction>[] = [
  ...columns.map(
    ({ id, label, width }): ColDef<Interaction> => ({
      colId: id,
      field: id as keyof Interaction,
      headerName: label,
      width,
      sortable: isSortable(id),
      comparator: asSorted,
      ...cells[id],
    }),
  ),
  actions,
];

export const columnState = (choices: readonly ColumnChoice[]) =>
  choices.map(({ id, isHidden, width, flex, pinned }) => ({
    colId: id,
    hide: isHidden,
    width,
    flex: flex ?? null,
    pinned: pinned ?? null,
  }));
