import type { Interaction, Sort } from '@ims/contracts/interactions/api';
import {
  CellStyleModule,
  ClientSideRowModelApiModule,
  ClientSideRowModelModule,
  ColumnApiModule,
  type GridApi,
  HighlightChangesModule,
  ModuleRegistry,
  RenderApiModule,
  RowApiModule,
  RowSelectionModule,
  ScrollApiModule,
} from 'ag-grid-community';
import { AgGridReact, type AgGridReactProps } from 'ag-grid-react';
import { type Ref, useEffect, useImperativeHandle, useRef, useState } from 'react';
import { styleNonce } from '#app/page-settings.ts';
import { matchLineHeight, type RowHeight, rowHeights } from '#app/tokens.ts';
import type { ColumnChoice } from './columns.ts';
import { isSortable } from './finder-url.ts';
import styles from './grid.module.css';
import type { GridContext } from './grid-cells.tsx';
import { columnDefinitions, columnState } from './grid-columns.tsx';
import { gridTheme } from './grid-theme.ts';
import { hitElsewhere } from './hit-elsewhere.ts';

ModuleRegistry.registerModules([
  ClientSideRowModelApiModule,
  ClientSideRowModelModule,
  ColumnApiModule,
  RowApiModule,
  RowSelectionModule,
  CellStyleModule,
  RenderApiModule,
  ScrollApiModule,
  HighlightChangesModule,
]);

export type RowsHandle = {
  /** Brings the focus to a row; false where it is not on this page. */
  readonly focus: (id: string | undefined) => boolean;
  readonly focused: () => Interaction | undefined;
};
type FinderGridProps = {
  readonly rows: readonly Interaction[];
  readonly context: GridContext;
  readonly openId: string | undefined;
  readonly sort: Sort;
  readonly columns: readonly ColumnChoice[];
  readonly rowHeight: RowHeight;
  readonly label: string;
  readonly open: (row: Interaction) => void;
  readonly focusMoved: (row: Interaction) => void;
  readonly sortChanged: (sort: Sort) => void;
  readonly columnsChanged: (columns: readonly ColumnChoice[]) => void;
  readonly handle: Ref<RowsHandle>;
};
type Api = GridApi<Interaction>;

/** A click on a link or button in the row is theirs, and with Ctrl the browser's. */
const isOnRow = (event: Event | null | undefined): boolean =>
  event instanceof MouseEvent &&
  !event.ctrlKey &&
  !event.metaKey &&
  event.target instanceof Element &&
  !event.target.closest('a, button, [popover]');

const readSort = (api: Api): Sort =>
  api
    .getColumnState()
    .filter(({ sort }) => sort)
    .sort((one, other) => (one.sortIndex ?? 0) - (other.sortIndex ?? 0))
    .flatMap(({ colId, sort }) => (isSortable(colId) && sort ? [{ field: colId, direction: sort }] : []));

const readColumns = (api: Api): ColumnChoice[] =>
  api
    .getColumnState()
    .filter(({ colId }) => colId !== 'actions')
    .map(({ colId, hide, width, flex, pinned }) => ({
      id: colId,
      isHidden: hide ?? false,
      width: width ?? 100,
      ...(flex ? { flex } : {}),
      ...(pinned === 'left' || pinned === 'right' ? { pinned } : {}),
    }));

const applySort = (api: Api, sort: Sort): void => {
  const state = sort.map(({ field, direction }, sortIndex) => ({ colId: field, sort: direction, sortIndex }));
  api.applyColumnState({ state, defaultState: { sort: null } });
};

const focusedRow = (api: Api | undefined): Interaction | undefined => {
  const cell = api?.getFocusedCell();
  return cell ? api?.getDisplayedRowAtIndex(cell.rowIndex)?.data : undefined;
};

const focusRow = (api: Api | undefined, id: string | undefined): boolean => {
  const node = id ? api?.getRowNode(id) : api?.getDisplayedRowAtIndex(0);
  if (!api || node?.rowIndex === undefined || node.rowIndex === null) return false;
  api.ensureIndexVisible(node.rowIndex);
  api.setFocusedCell(node.rowIndex, api.getFocusedCell()?.column ?? 'title');
  return true;
};

const useGridState = (
  { rows, context, openId, sort, columns, rowHeight }: FinderGridProps,
  api: Api | undefined,
): void => {
  useEffect(() => {
    if (api) applySort(api, sort);
  }, [api, sort]);
  useEffect(() => {
    if (!api || JSON.stringify(readColumns(api)) === JSON.stringify(columns)) return;
    api.applyColumnState({ state: [...columnState(columns), { colId: 'actions', pinned: 'right' }], applyOrder: true });
  }, [api, columns]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a row that comes in later may be the open one
  useEffect(() => {
    api?.deselectAll();
    if (openId) api?.getRowNode(openId)?.setSelected(true);
  }, [api, openId, rows]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the words are marked in the cells
  useEffect(() => api?.refreshCells({ force: true, suppressFlash: true }), [api, context.words]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a row's height depends on the words and the chosen height
  useEffect(() => api?.resetRowHeights(), [api, context.words, rowHeight]);
};

type Events = Pick<FinderGridProps, 'open' | 'focusMoved' | 'sortChanged' | 'columnsChanged'>;

/** What people do in the grid, as the Finder understands it. What the Finder does itself (source `api`) is no news. */
const eventsOf = ({ open, focusMoved, sortChanged, columnsChanged }: Events): AgGridReactProps<Interaction> => ({
  onRowClicked: ({ data, event }) => {
    if (data && isOnRow(event)) open(data);
  },
  onCellKeyDown: ({ event, data }) => {
    if (!(event instanceof KeyboardEvent) || event.key !== 'Enter' || event.ctrlKey || event.metaKey) return;
    const cell = event.target instanceof HTMLElement ? event.target : undefined;
    if (cell?.getAttribute('col-id') === 'actions') cell.querySelector('button')?.click();
    else if (data) open(data);
  },
  onCellFocused: ({ rowIndex, api }) => {
    const row = rowIndex === null ? undefined : api.getDisplayedRowAtIndex(rowIndex)?.data;
    if (row) focusMoved(row);
  },
  onSortChanged: ({ api, source }) => {
    if (source !== 'api') sortChanged(readSort(api));
  },
  onColumnMoved: ({ finished, source, api }) => {
    if (finished && source !== 'api') columnsChanged(readColumns(api));
  },
  onColumnResized: ({ finished, source, api }) => {
    if (finished && source === 'uiColumnResized') columnsChanged(readColumns(api));
  },
});

const settings: AgGridReactProps<Interaction> = {
  theme: gridTheme,
  columnDefs: columnDefinitions,
  defaultColDef: {
    sortable: false,
    resizable: true,
    suppressHeaderMenuButton: true,
    enableCellChangeFlash: true,
    minWidth: 60,
  },
  getRowId: ({ data }) => data.id,
  /** Marks the open row; what a person selects is what they open. */
  rowSelection: { mode: 'singleRow', checkboxes: false, enableClickSelection: false },
  suppressDragLeaveHidesColumns: true,
  suppressNoRowsOverlay: true,
  suppressColumnVirtualisation: true,
  animateRows: false,
  cellFlashDuration: 600,
  cellFadeDuration: 150,
  ensureDomOrder: true,
};

/** One page of rows as the server sorted it. The grid lays out and walks; it never sorts, filters or loads. */
export const FinderGrid = (props: FinderGridProps) => {
  const { rows, context, rowHeight, handle, label } = props;
  const [api, setApi] = useState<Api>();
  const words = useRef(context.words);
  words.current = context.words;
  useGridState(props, api);
  useImperativeHandle(handle, () => ({ focus: (id) => focusRow(api, id), focused: () => focusedRow(api) }), [api]);
  return (
    <section className={styles.grid} aria-label={label}>
      <AgGridReact<Interaction>
        {...settings}
        {...eventsOf(props)}
        styleNonce={styleNonce()}
        rowData={rows as Interaction[]}
        context={context}
        getRowHeight={({ data }) =>
          rowHeights[rowHeight] + (data && hitElsewhere(data, words.current) ? matchLineHeight : 0)
        }
        onGridReady={({ api: ready }) => setApi(ready)}
      />
    </section>
  );
};
