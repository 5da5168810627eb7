import type { CountTable, Projection, RowTable } from '../runner/projection.ts';
import { columnsOf } from '../runner/write-rows.ts';

/** A projection's table reduced to what the fold knows of it: no generated columns, partitions, rights or indexes. */
export type PlainTable = {
  readonly name: string;
  readonly key: readonly string[];
  /** Column → SQL type. */
  readonly columns: Readonly<Record<string, string>>;
  readonly isPartitioned: boolean;
};

export const plainTables = ({ tables }: Projection): readonly PlainTable[] =>
  tables.flatMap((table) => [rowsOf(table), ...(table.counts ? [countsOf(table.counts)] : [])]);

const rowsOf = (table: RowTable): PlainTable => ({
  name: table.name,
  key: table.key,
  columns: Object.fromEntries(columnsOf(table).map((column) => [column, table.columns[column] ?? 'bigint'])),
  isPartitioned: table.isPartitioned,
});

const countsOf = (counts: CountTable): PlainTable => ({
  name: counts.name,
  key: ['site_id', ...counts.columns],
  columns: Object.fromEntries([
    ['site_id', 'uuid'],
    ...[...counts.columns, ...Object.keys(counts.derived ?? {})].map((column) => [column, 'text']),
    ['uses', 'bigint'],
  ]),
  isPartitioned: false,
});

/** What stands between the brackets of `create table`. */
export const definitionOf = ({ key, columns }: PlainTable): string => {
  const typed = Object.entries(columns).map(([column, type]) => `${column} ${type}`);
  return `${typed.join(', ')}, primary key (${key.join(', ')})`;
};
