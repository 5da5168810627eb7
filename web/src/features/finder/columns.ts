type Column = {
  readonly id: string;
  readonly label: string;
  readonly width: number;
  /** Takes a share of the width that is left. */
  readonly flex?: number;
  readonly isHidden?: boolean;
  /** Gives way where width is scarce: `first` beside an open panel and on a tablet, `then` beside a panel on a tablet. */
  readonly stepsAside?: 'first' | 'then';
};

/** Every column of the table, in the order a new person sees them. */
export const columns: readonly Column[] = [
  { id: 'title', label: 'Title', width: 300, flex: 3 },
  { id: 'type', label: 'Type', width: 104, stepsAside: 'first' },
  { id: 'lead', label: 'Lead', width: 160, stepsAside: 'then' },
  { id: 'startDateTime', label: 'When', width: 300 },
  { id: 'endDateTime', label: 'End', width: 190, isHidden: true },
  { id: 'timezone', label: 'Time zone', width: 150, isHidden: true },
  { id: 'location', label: 'Location', width: 170, flex: 2, stepsAside: 'first' },
  { id: 'status', label: 'Status', width: 120, stepsAside: 'then' },
  { id: 'description', label: 'Description', width: 260, isHidden: true },
  { id: 'notes', label: 'Notes', width: 260, isHidden: true },
  { id: 'createdBy', label: 'Recorded by', width: 150, isHidden: true },
  { id: 'createdAt', label: 'Recorded', width: 190, isHidden: true },
  { id: 'updatedBy', label: 'Changed by', width: 150, isHidden: true },
  { id: 'updatedAt', label: 'Changed', width: 190, isHidden: true },
];

/** How a person has set up one column; the list's order is the columns' order. */
export type ColumnChoice = {
  readonly id: string;
  readonly isHidden: boolean;
  readonly width: number;
  readonly flex?: number;
  readonly pinned?: 'left' | 'right';
};

export const usualColumns: readonly ColumnChoice[] = columns.map(({ id, width, flex, isHidden = false }) => ({
  id,
  width,
  isHidden,
  ...(flex ? { flex } : {}),
}));

/** What was remembered, with columns it does not know yet at the end. */
export const completeColumns = (remembered: readonly ColumnChoice[] | null): readonly ColumnChoice[] => {
  if (!remembered) return usualColumns;
  const known = remembered.filter(({ id }) => usualColumns.some((column) => column.id === id));
  return [...known, ...usualColumns.filter(({ id }) => !known.some((column) => column.id === id))];
};

/** How much width there is for the table. */
export type Room = 'wide' | 'narrow' | 'scarce';

/** The columns that fit: some step aside while there is little room, whatever the person chose. */
export const fittingColumns = (choices: readonly ColumnChoice[], room: Room): readonly ColumnChoice[] => {
  const aside = columns.filter(({ stepsAside }) =>
    room === 'scarce' ? stepsAside : room === 'narrow' && stepsAside === 'first',
  );
  return choices.map((choice) => (aside.some(({ id }) => id === choice.id) ? { ...choice, isHidden: true } : choice));
};

/** What a person changed in the table itself (order, widths); what is shown stays as they chose it before. */
export const withChanges = (
  choices: readonly ColumnChoice[],
  changed: readonly ColumnChoice[],
): readonly ColumnChoice[] =>
  changed.map((column) => ({
    ...column,
    isHidden: choices.find(({ id }) => id === column.id)?.isHidden ?? column.isHidden,
  }));

export const labelOf = (id: string): string => columns.find((column) => column.id === id)?.label ?? id;

export const moved = (choices: readonly ColumnChoice[], id: string, step: -1 | 1): readonly ColumnChoice[] => {
  const from = choices.findIndex((choice) => choice.id === id);
  const column = choices[from];
  if (!column) return choices;
  const rest = choices.toSpliced(from, 1);
  return rest.toSpliced(Math.max(0, from + step), 0, column);
};
