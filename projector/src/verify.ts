import type { EventLog } from '@ims/platform/event-log/event-log';
import type pg from 'pg';
import type { OpenEvents, Page } from './runner/event-feed.ts';
import type { CountTable, Key, Projection, RowTable } from './runner/projection.ts';
import { foldIntoTable, touchedBy } from './runner/write-batch.ts';
import { columnsOf, inReadSchema, type TableName } from './runner/write-rows.ts';

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
};

/**
 * Compares a projection's tables with a fresh fold of the log and the keys, as of one moment, while the projector
 * goes on. The fold goes into temporary tables through the projector's own code, so memory stays flat.
 */
export const verifyProjection = async (options: VerifyOptions): Promise<Verification> => {
  const { pool, projection } = options;
  const client = await pool.connect();
  try {
    await client.query('begin isolation level repeatable read');
    const position = await checkpointOf(client, projection);
    await createScratchTables(client, projection);
    await client.query(
      'set local enable_hashjoin = off; set local enable_mergejoin = off; set local enable_seqscan = off',
    );
    await foldAgain(client, options, position);
    await client.query(
      'set local enable_hashjoin = on; set local enable_mergejoin = on; set local enable_seqscan = on',
    );
    const differences: Difference[] = [];
    for (const table of comparedTables(projection)) {
      differences.push(...(await compare(client, table, inReadSchema(projection.version)(table))));
    }
    return { projection: projection.name, version: projection.version, position, differences };
  } finally {
    await client.query('rollback').finally(() => client.release());
  }
};

const checkpointOf = async (client: pg.ClientBase, { name, version }: Projection): Promise<bigint> => {
  const { rows } = await client.query<{ position: bigint }>(
    'select position from read.projection_checkpoints where projection = $1 and version = $2',
    [name, version],
  );
  return rows[0]?.position ?? 0n;
};

const inScratch: TableName = ({ name }) => `pg_temp.${name}`;

type ComparedTable = {
  readonly name: string;
  readonly key: readonly string[];
  readonly columns: Record<string, string>;
};

const comparedTables = ({ tables }: Projection): readonly ComparedTable[] =>
  tables.flatMap((table) => [rowsOf(table), ...(table.counts ? [countsOf(table.counts)] : [])]);

const rowsOf = (table: RowTable): ComparedTable => ({
  name: table.name,
  key: table.key,
  columns: Object.fromEntries(columnsOf(table).map((column) => [column, table.columns[column] ?? 'bigint'])),
});

const countsOf = (counts: CountTable): ComparedTable => ({
  name: counts.name,
  key: ['site_id', ...counts.columns],
  columns: Object.fromEntries([
    ['site_id', 'uuid'],
    ...[...counts.columns, ...Object.keys(counts.derived ?? {})].map((column) => [column, 'text']),
    ['uses', 'bigint'],
  ]),
});

const createScratchTables = async (client: pg.ClientBase, projection: Projection): Promise<void> => {
  for (const { name, key, columns } of comparedTables(projection)) {
    const typed = Object.entries(columns).map(([column, type]) => `${column} ${type}`);
    await client.query(
      `create temporary table ${name} (${typed.join(', ')}, primary key (${key.join(', ')})) on commit drop`,
    );
  }
};

const foldAgain = async (
  client: pg.ClientBase,
  { log, open, projection }: VerifyOptions,
  upTo: bigint,
): Promise<void> => {
  let after = 0n;
  while (after < upTo) {
    const logged = (await log.readAll(after, 1_000)).filter(({ position }) => position <= upTo);
    const last = logged.at(-1)?.position;
    if (last === undefined) return;
    const page: Page = { after, last, events: await open(logged), isFull: false };
    for (const { table, keys } of touchedBy(projection, page)) {
      await foldIntoTable(client, { table, keys, page, name: inScratch });
    }
    after = last;
  }
};

const compare = async (
  client: pg.ClientBase,
  { name, key, columns }: ComparedTable,
  readTable: string,
): Promise<readonly Difference[]> => {
  const all = (side: string): string =>
    Object.keys(columns)
      .map((column) => `${side}.${column}`)
      .join(', ');
  const keys = key.map((column) => `coalesce(folded.${column}, stored.${column})::text as ${column}`).join(', ');
  const { rows } = await client.query<{ difference: Difference['difference'] } & Record<string, string>>(
    `select case when stored.site_or_user is null then 'missing' when folded.site_or_user is null then 'unexpected'
                 else 'different' end as difference, ${keys}
     from (select *, ${key[0]} as site_or_user from pg_temp.${name}) as folded
     full join (select *, ${key[0]} as site_or_user from ${readTable}) as stored
       on ${key.map((column) => `folded.${column} = stored.${column}`).join(' and ')}
     where (${all('folded')}) is distinct from (${all('stored')})
     order by ${key.join(', ')}`,
  );
  return rows.map(({ difference, ...rowKey }) => ({ table: name, key: rowKey, difference }));
};
