import { expect, it } from 'vitest';
import { type ColumnChoice, completeColumns, fittingColumns, moved, usualColumns, withChanges } from './columns.ts';

const shown = (choices: readonly ColumnChoice[]): string[] =>
  choices.filter(({ isHidden }) => !isHidden).map(({ id }) => id);

it('columns step aside while there is little room, and come back', () => {
  expect(shown(fittingColumns(usualColumns, 'wide'))).toEqual([
    'title',
    'type',
    'lead',
    'startDateTime',
    'location',
    'status',
  ]);
  expect(shown(fittingColumns(usualColumns, 'narrow'))).toEqual(['title', 'lead', 'startDateTime', 'status']);
  expect(shown(fittingColumns(usualColumns, 'scarce'))).toEqual(['title', 'startDateTime']);
});

it('a column that stepped aside is not forgotten when another one is made wider', () => {
  const wider = fittingColumns(usualColumns, 'narrow').map((column) =>
    column.id === 'lead' ? { ...column, width: 300 } : column,
  );
  const kept = withChanges(usualColumns, wider);
  expect(shown(kept)).toEqual(shown(usualColumns));
  expect(kept.find(({ id }) => id === 'lead')?.width).toBe(300);
});

it('a column that is new since the choice was remembered stands at the end', () => {
  const remembered = usualColumns.filter(({ id }) => id !== 'notes');
  expect(completeColumns(remembered).at(-1)?.id).toBe('notes');
});

it('a column moves one place', () => {
  const order = (choices: readonly ColumnChoice[]): string[] => choices.map(({ id }) => id).slice(0, 3);
  expect(order(moved(usualColumns, 'lead', -1))).toEqual(['title', 'lead', 'type']);
  expect(moved(usualColumns, 'title', -1)).toEqual(usualColumns);
});
