import pg from 'pg';
import type { Projection } from '../runner/projection.ts';
import type { TableName } from '../runner/write-rows.ts';
import type { Owner } from './owner-connection.ts';
import { definitionOf, type PlainTable, plainTables } from './plain-tables.ts';

/**
 * Where a rebuild folds the log: plain tables without indexes, generated columns and write-ahead log, so that the search
 * vector is computed once per record and not once per event. A crash of PostgreSQL empties them, and with them the one
 * row of `…_move`, whose absence tells.
 */
export const inStaging =
  ({ version }: Projection): TableName =>
  ({ name }) =>
    `read.${name}_v${version}_staging`;

const moveTable = ({ name, version }: Projection): string => `read.${name}_v${version}_staging_move`;

/**
 * How far the rows have moved into the version's own tables: which table, from which of its blocks on. Before the first
 * move the block is -1: nothing may be folded into the staging any more once rows have left it.
 */
export type Move = { readonly tableAt: number; readonly block: number };

export const createStaging = async ({ client }: Owner, projection: Projection): Promise<void> => {
  const name = inStaging(projection);
  for (const table of plainTables(projection)) {
    await client.query(
      `create unlogged table ${name(table)} (${definitionOf(table)});
       grant select, insert, update, delete on ${name(table)} to ims_projector`,
    );
  }
  await client.query(
    `create unlogged table ${moveTable(projection)} (table_at int not null, block bigint not null);
     insert into ${moveTable(projection)} values (0, -1);
     grant select, update on ${moveTable(projection)} to ims_projector`,
  );
};

export const dropStaging = async ({ client }: Owner, projection: Projection): Promise<void> => {
  const tables = [...plainTables(projection).map(inStaging(projection)), moveTable(projection)];
  await client.query(`drop table if exists ${tables.join(', ')}`);
};

/** Thrown when PostgreSQL crashed under a build, or its staging was taken away: it must begin again. */
export class StagingLost extends Error {
  override readonly name = 'StagingLost';
}

/** Throws StagingLost. */
export const readMove = async (client: pg.Pool | pg.ClientBase, projection: Projection): Promise<Move> => {
  const lost = `The staged rows of ${projection.name} version ${projection.version} are lost`;
  try {
    const { rows } = await client.query<{ table_at: number; block: bigint }>(
      `select table_at, block from ${moveTable(projection)}`,
    );
    const [row] = rows;
    if (!row) throw new StagingLost(lost);
    return { tableAt: row.table_at, block: Number(row.block) };
  } catch (error) {
    if (error instanceof pg.DatabaseError && error.code === undefinedTable)
      throw new StagingLost(lost, { cause: error });
    throw error;
  }
};

export const hasBegun = ({ block }: Move): boolean => block >= 0;

const undefinedTable = '42P01';

export const writeMove = async (client: pg.Pool | pg.ClientBase, projection: Projection, move: Move): Promise<void> => {
  await client.query(`update ${moveTable(projection)} set table_at = $1, block = $2`, [move.tableAt, move.block]);
};

export const countBlocks = async (client: pg.Pool | pg.ClientBase, staging: string): Promise<number> => {
  const { rows } = await client.query<{ blocks: bigint }>(
    `select pg_relation_size($1::regclass) / current_setting('block_size')::bigint as blocks`,
    [staging],
  );
  return Number(rows[0]?.blocks ?? 0n);
};

/** Moves the rows of some blocks, in the order in which they stand on the disk; those that are there already stay. */
export const moveBlocks = async (
  client: pg.ClientBase,
  {
    table,
    from,
    to,
    staging,
    target,
  }: {
    readonly table: PlainTable;
    readonly from: number;
    readonly to: number;
    readonly staging: string;
    readonly target: string;
  },
): Promise<void> => {
  const columns = Object.keys(table.columns).join(', ');
  await client.query(
    `insert into ${target} (${columns}) select ${columns} from ${staging}
     where ctid >= '(${from},0)'::tid and ctid < '(${to},0)'::tid
     on conflict do nothing`,
  );
};
