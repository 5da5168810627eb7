import { inTransaction } from '@ims/platform/database/transaction';
import type pg from 'pg';
import type { Projection } from '../runner/projection.ts';
import { inReadSchema } from '../runner/write-rows.ts';
import { completeBuild, lockBuild, readBuild } from './build-books.ts';
import { inOwnersTransaction, type Owner } from './owner-connection.ts';
import { plainTables } from './plain-tables.ts';
import {
  countBlocks,
  dropStaging,
  hasBegun,
  inStaging,
  type Move,
  moveBlocks,
  readMove,
  writeMove,
} from './staging.ts';
import type { VersionSchema } from './version-schema.ts';

export type Finish = {
  readonly pool: pg.Pool;
  readonly owner: Owner;
  readonly projection: Projection;
  readonly schema: VersionSchema;
  readonly signal: AbortSignal;
  /** Before every step that may take long. */
  tell(): void;
};

/** About 8 MB of staged rows: a transaction of a second or two, between which it can be interrupted. */
const blocksAtOnce = 1_000;

/** From staged rows to tables that are like every other version's: rows, statistics, indexes; the version is `ready`. */
export const finishVersion = async (finish: Finish): Promise<void> => {
  const { pool, owner, projection, schema, signal, tell } = finish;
  await beginMove(pool, projection);
  await ensurePartitions(pool, projection);
  for (let move = await nextMove(pool, projection); move; move = await moveSome(pool, projection, move)) {
    signal.throwIfAborted();
    tell();
    await readBuild(pool, projection);
  }
  signal.throwIfAborted();
  tell();
  for (const table of plainTables(projection)) {
    await owner.client.query(`analyze ${inReadSchema(projection.version)(table)}`);
  }
  await inOwnersTransaction(owner, async () => {
    await owner.client.query(schema.indexes(projection.version));
    await dropStaging(owner, projection);
    await completeBuild(owner.client, projection);
  });
};

const ensurePartitions = async (pool: pg.Pool, projection: Projection): Promise<void> => {
  for (const table of plainTables(projection).filter(({ isPartitioned }) => isPartitioned)) {
    const { rows } = await pool.query<{ site: string }>(
      `select distinct site_id as site from ${inStaging(projection)(table)}`,
    );
    for (const { site } of rows) {
      await pool.query('select read.ensure_site_partition($1, $2)', [`${table.name}_v${projection.version}`, site]);
    }
  }
};

/** Who may still be folding into the staging holds the same row, and finds out that it is too late. */
const beginMove = async (pool: pg.Pool, projection: Projection): Promise<void> => {
  const { position } = await readBuild(pool, projection);
  await inTransaction(pool, async (client) => {
    await lockBuild(client, projection, position);
    if (!hasBegun(await readMove(client, projection))) await writeMove(client, projection, { tableAt: 0, block: 0 });
  });
};

const nextMove = async (pool: pg.Pool, projection: Projection): Promise<Move | undefined> => {
  const move = await readMove(pool, projection);
  return move.tableAt < plainTables(projection).length ? move : undefined;
};

/**
 * Two stretches of blocks at a time, on two connections: computing search vectors is what takes long. How far it is gets
 * written when both are through; what was moved twice after a crash in between is passed over the second time.
 */
const moveSome = async (pool: pg.Pool, projection: Projection, { tableAt, block }: Move): Promise<Move | undefined> => {
  const tables = plainTables(projection);
  const table = tables[tableAt];
  if (!table) return undefined;
  const staging = inStaging(projection)(table);
  const target = inReadSchema(projection.version)(table);
  const move = (from: number): Promise<void> =>
    inTransaction(pool, async (client) => {
      await client.query('set local synchronous_commit = off; set local statement_timeout = 0');
      await moveBlocks(client, { table, from, to: from + blocksAtOnce, staging, target });
    });
  const blocks = await countBlocks(pool, staging);
  const middle = block + blocksAtOnce;
  await Promise.all([move(block), ...(middle < blocks ? [move(middle)] : [])]);
  const end = middle + blocksAtOnce;
  const next = end >= blocks ? { tableAt: tableAt + 1, block: 0 } : { tableAt, block: end };
  await writeMove(pool, projection, next);
  return next.tableAt < tables.length ? next : undefined;
};
