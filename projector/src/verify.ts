import type { EventLog, LoggedEvent } from '@ims/platform/event-log/event-log';
import type pg from 'pg';
import type { OpenEvents } from './runner/event-feed.ts';
import type { Key, Projection } from './runner/projection.ts';
import { foldIntoTable, touchedBy } from './runner/write-batch.ts';
import { inReadSchema, type TableName } from './runner/write-rows.ts';
import { compareTables } from './versions/compare-tables.ts';
import { type LeftOut, readLeftOut, sameUpTo } from './versions/left-out.ts';
import { definitionOf, plainTables } from './versions/plain-tables.ts';
import { readChunks } from './versions/read-chunks.ts';

/** `missing`: the fold has the row and the table has not; `unexpected`: the other way round. */
export type Difference = {
  readonly table: string;
  readonly key: Key;
  readonly difference: 'missing' | 'unexpected' | 'different';
};

export type Verification = {
  readonly projection: string;
  readonly version: number;
  /** Up to which event both were compared. */
  readonly position: bigint;
  /** Every differing row, ordered by table and key. */
  readonly differences: readonly Difference[];
};

export type VerifyOptions = {
  /** Of the role `ims_projector`. */
  readonly pool: pg.Pool;
  readonly log: Pick<EventLog, 'readAll'>;
  readonly open: OpenEvents;
  readonly projection: Projection;
  /** Only the rows of this site; every table must have a `site_id`. */
  readonly siteId?: string | null;
  /** How many events were folded so far. */
  readonly tell?: (done: number) => void;
  readonly signal?: AbortSignal;
};

const chunkSize = 4_000;
const attempts = 3;

/**
 * Compares a projection's tables with a fresh fold of the log and the keys, as of one moment, while the projector
 * goes on. The fold goes into temporary tables through the projector's own code, so memory stays flat. Most of it is
 * folded before the moment is taken, so that no snapshot stays open for long. Events that wait in a dead letter or were
 * skipped are left out of the fold as they are out of the tables; when one of those is settled meanwhile, it begins again.
 */
export const verifyProjection = async (options: VerifyOptions): Promise<Verification> => {
  const client = await options.pool.connect();
  let broken: Error | undefined;
  try {
    for (let attempt = 1; ; attempt += 1) {
      const found = await verifyOnce(client, options);
      if (found) return found;
      if (attempt === attempts) throw new Error('Dead letters keep being settled: verify again when that is done.');
    }
  } catch (error) {
    // Whatever was left on the connection (a transaction, temporary tables) goes with it.
    broken = error instanceof Error ? error : new Error(String(error));
    throw error;
  } finally {
    client.release(broken);
  }
};

const verifyOnce = async (client: pg.PoolClient, options: VerifyOptions): Promise<Verification | undefined> => {
  const { projection, siteId = null } = options;
  await createScratchTables(client, projection);
  // As of one moment: an event that is parked in between would be behind the checkpoint and not be left out.
  await client.query('begin isolation level repeatable read');
  const first = await checkpointOf(client, projection);
  const leftOut = await readLeftOut(client, projection);
  await client.query('commit');
  await foldAgain(client, options, { leftOut, after: 0n, upTo: first });
  await client.query('begin isolation level repeatable read');
  const position = await checkpointOf(client, projection);
  const leftOutNow = await readLeftOut(client, projection);
  if (position < first || !sameUpTo(first, leftOut, leftOutNow)) {
    await client.query('rollback');
    return undefined;
  }
  await foldAgain(client, options, { leftOut: leftOutNow, after: first, upTo: position });
  const differences: Difference[] = [];
  for (const table of plainTables(projection)) {
    const sides = { folded: inScratch(table), stored: inReadSchema(projection.version)(table) };
    differences.push(...(await compareTables(client, table, { ...sides, siteId })));
  }
  await client.query('commit');
  await dropScratchTables(client, projection);
  return { projection: projection.name, version: projection.version, position, differences };
};

const checkpointOf = async (client: pg.ClientBase, { name, version }: Projection): Promise<bigint> => {
  const { rows } = await client.query<{ position: bigint }>(
    'select position from read.projection_checkpoints where projection = $1 and version = $2',
    [name, version],
  );
  return rows[0]?.position ?? 0n;
};

const inScratch: TableName = ({ name }) => `pg_temp.${name}`;

const createScratchTables = async (client: pg.ClientBase, projection: Projection): Promise<void> => {
  await dropScratchTables(client, projection);
  for (const table of plainTables(projection)) {
    await client.query(`create temporary table ${table.name} (${definitionOf(table)})`);
  }
};

const dropScratchTables = async (client: pg.ClientBase, projection: Projection): Promise<void> => {
  await client.query(`drop table if exists ${plainTables(projection).map(inScratch).join(', ')}`);
};

/** Fresh tables have no statistics: the planner would read them whole for a hundred keys. */
const byKey = (value: 'off' | 'on'): string =>
  ['hashjoin', 'mergejoin', 'seqscan'].map((way) => `set enable_${way} = ${value}`).join('; ');

type Stretch = { readonly leftOut: LeftOut; readonly after: bigint; readonly upTo: bigint };

const foldAgain = async (
  client: pg.ClientBase,
  { log, open, projection, siteId = null, tell, signal }: VerifyOptions,
  { leftOut, after, upTo }: Stretch,
): Promise<void> => {
  if (after >= upTo) return;
  const isWanted = (event: LoggedEvent): boolean =>
    !leftOut.holds(event) && (siteId === null || event.metadata.siteId === siteId);
  let done = 0;
  await client.query(byKey('off'));
  for await (const chunk of readChunks({ log, open, isWanted }, { after, upTo, size: chunkSize })) {
    signal?.throwIfAborted();
    for (const { table, keys } of touchedBy(projection, chunk)) {
      await foldIntoTable(client, { table, keys, page: chunk, name: inScratch });
    }
    done += chunk.read;
    tell?.(done);
  }
  await client.query(byKey('on'));
};
