import type pg from 'pg';
import { type ChangedRow, type CountChange, keyText, type StoredRow } from './fold.ts';
import type { CountTable, Key, Row, RowTable } from './projection.ts';

/** Where a table's rows stand: the read schema in its version, or a scratch copy for verification. */
export type TableName = (table: { readonly name: string }) => string;

export const inReadSchema =
  (version: number): TableName =>
  ({ name }) =>
    `read.${name}_v${version}`;

/**
 * All statements are set-based: one per table and batch. Rows travel as one JSON text, which PostgreSQL takes apart
 * faster than a dozen arrays, and which carries arrays and documents as well.
 */
export const columnsOf = (table: RowTable): readonly string[] => [...Object.keys(table.columns), 'position'];

const typed = (table: RowTable, columns: readonly string[]): string =>
  columns.map((column) => `${column} ${column === 'position' ? 'bigint' : table.columns[column]}`).join(', ');

export const sameKey = (table: RowTable, left: string, right: string): string =>
  table.key.map((column) => `${left}.${column} = ${right}.${column}`).join(' and ');

/** By the primary key. Times and large numbers come as text, as the fold and the next write take them. */
export const loadRows = async (
  client: pg.ClientBase,
  table: RowTable,
  name: TableName,
  keys: ReadonlyMap<string, Key>,
): Promise<ReadonlyMap<string, StoredRow>> => {
  if (keys.size === 0) return new Map();
  const columns = columnsOf(table).map((column) => `stored.${column}${column === 'position' ? '::text' : ''}`);
  const { rows } = await client.query<{ row: StoredRow }>(
    `select row_to_json(found) as row from (
       select ${columns.join(', ')} from json_to_recordset($1::json) as wanted (${typed(table, table.key)})
       join ${name(table)} as stored on ${sameKey(table, 'stored', 'wanted')}) as found`,
    [JSON.stringify([...keys.values()])],
  );
  return new Map(rows.map(({ row }) => [keyText(keyOfRow(table, row)), row]));
};

const keyOfRow = (table: RowTable, row: Row): Key =>
  Object.fromEntries(table.key.map((column) => [column, String(row[column])]));

export const writeRows = async (
  client: pg.ClientBase,
  table: RowTable,
  name: TableName,
  rows: readonly ChangedRow[],
): Promise<void> => {
  const written = rows.flatMap(({ after }) => (after ? [after] : []));
  if (written.length > 0) await upsert(client, table, name, written);
  const gone = rows.flatMap(({ key, before, after }) => (before && !after ? [key] : []));
  if (gone.length > 0) await remove(client, table, name, gone);
};

const upsert = (client: pg.ClientBase, table: RowTable, name: TableName, rows: readonly StoredRow[]) => {
  const columns = columnsOf(table);
  const changing = columns.filter((column) => !table.key.includes(column));
  return client.query(
    `insert into ${name(table)} (${columns.join(', ')})
     select ${columns.join(', ')} from json_to_recordset($1::json) as written (${typed(table, columns)})
     on conflict (${table.key.join(', ')})
     do update set ${changing.map((column) => `${column} = excluded.${column}`).join(', ')}`,
    [JSON.stringify(rows)],
  );
};

const remove = (client: pg.ClientBase, table: RowTable, name: TableName, keys: readonly Key[]) =>
  client.query(
    `delete from ${name(table)} as stored
     using json_to_recordset($1::json) as gone (${typed(table, table.key)}) where ${sameKey(table, 'stored', 'gone')}`,
    [JSON.stringify(keys)],
  );

/** Counts that reach nothing disappear: a value that no record has any more must not be found in the tables. */
export const writeCounts = async (
  client: pg.ClientBase,
  counts: CountTable,
  name: TableName,
  changes: readonly CountChange[],
): Promise<void> => {
  if (changes.length === 0) return;
  const derived = Object.entries(counts.derived ?? {});
  const columns = [...counts.columns, ...derived.map(([column]) => column)];
  const rows = changes.map(({ siteId, tally, by }) => ({
    site_id: siteId,
    uses: by,
    ...tally,
    ...Object.fromEntries(derived.map(([column, derive]) => [column, derive(tally)])),
  }));
  await client.query(
    `insert into ${name(counts)} as stored (site_id, ${columns.join(', ')}, uses)
     select site_id, ${columns.join(', ')}, uses
     from json_to_recordset($1::json) as changed (site_id uuid, ${columns.map((c) => `${c} text`).join(', ')}, uses bigint)
     on conflict (site_id, ${counts.columns.join(', ')}) do update set uses = stored.uses + excluded.uses`,
    [JSON.stringify(rows)],
  );
  if (changes.every(({ by }) => by > 0)) return;
  await client.query(
    `delete from ${name(counts)} as stored
     using json_to_recordset($1::json) as changed (site_id uuid, ${counts.columns.map((c) => `${c} text`).join(', ')})
     where stored.site_id = changed.site_id and stored.uses <= 0
       and ${counts.columns.map((column) => `stored.${column} = changed.${column}`).join(' and ')}`,
    [JSON.stringify(rows)],
  );
};
