import { useMemo } from 'react';
import { useSite } from '#app/site-context.ts';
import type { RowHeight } from '#app/tokens.ts';
import { useRemembered } from '#ui/remembered.ts';
import { type Screen, useScreen } from '#ui/screen.ts';
import { type ColumnChoice, completeColumns, fittingColumns, type Room, withChanges } from './columns.ts';

const roomFor = (screen: Screen, isBesidePanel: boolean): Room => {
  if (screen === 'desktop') return isBesidePanel ? 'narrow' : 'wide';
  return isBesidePanel ? 'scarce' : 'narrow';
};

/** How this person likes the table: columns and row height, remembered by the browser. */
export const useView = (isBesidePanel: boolean) => {
  const { user } = useSite();
  const room = roomFor(useScreen(), isBesidePanel);
  const [remembered, changeColumns] = useRemembered<readonly ColumnChoice[] | null>(`finder.columns.${user.id}`, null);
  const [rowHeight, changeRowHeight] = useRemembered<RowHeight>(`finder.rows.${user.id}`, 'normal');
  const columns = useMemo(() => completeColumns(remembered), [remembered]);
  const shownColumns = useMemo(() => fittingColumns(columns, room), [columns, room]);
  return {
    columns,
    shownColumns,
    changeColumns,
    /** After order or widths were changed in the table itself. */
    tableChanged: (changed: readonly ColumnChoice[]): void => changeColumns(withChanges(columns, changed)),
    resetColumns: (): void => changeColumns(null),
    rowHeight,
    changeRowHeight,
  };
};
export type View = ReturnType<typeof useView>;
