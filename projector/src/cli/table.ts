export type Column<Row> = { readonly title: string; readonly right?: boolean; readonly of: (row: Row) => string };

/** Lines of aligned text, the titles first; two spaces between columns, none at the end. */
export const renderTable = <Row>(columns: readonly Column<Row>[], rows: readonly Row[]): readonly string[] => {
  const cells = [columns.map(({ title }) => title), ...rows.map((row) => columns.map(({ of }) => of(row)))];
  const widths = columns.map((_, index) => Math.max(...cells.map((line) => [...(line[index] ?? '')].length)));
  return cells.map((line) =>
    line
      .map((cell, index) => {
        const gap = ' '.repeat((widths[index] ?? 0) - [...cell].length);
        return columns[index]?.right ? gap + cell : cell + gap;
      })
      .join('  ')
      .trimEnd(),
  );
};

export const number = (value: number): string => value.toLocaleString('en');

/** `2026-11-21 14:08`, UTC. */
export const minute = (at: Date): string => at.toISOString().slice(0, 16).replace('T', ' ');
