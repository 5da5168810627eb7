import { streamId } from '@ims/contracts/ids';
import type pg from 'pg';
import type { PlainMetadata } from './plain-log.ts';

type PlainEvent = {
  readonly position: bigint;
  readonly stream: string;
  readonly revision: number;
  readonly event_type: string;
  readonly data: string;
  readonly metadata: string;
};
type Row = Record<(typeof columns)[number], unknown>;

const columns = [
  'site_id',
  'id',
  'title',
  'type',
  'lead',
  'start_local',
  'end_local',
  'timezone',
  'start_utc',
  'end_utc',
  'location',
  'description',
  'notes',
  'status',
  'revision',
  'created_by',
  'created_at',
  'updated_by',
  'updated_at',
] as const;
const types = ['uuid', 'uuid', ...Array(6).fill('text'), 'timestamptz', 'timestamptz', ...Array(4).fill('text'), 'int'];
const parameterTypes = [...types, 'uuid', 'timestamptz', 'uuid', 'timestamptz'];
const batchSize = 1_000;

const read = `select position, stream, revision, event_type, data, metadata from floor.events
  where position > $1 order by position limit ${batchSize}`;
export type PlainTable = 'interactions' | 'interactions_as_indexed';

const upsertInto = (table: PlainTable) => `insert into floor.${table} (${columns.join(', ')})
  select * from unnest(${parameterTypes.map((type, at) => `$${at + 1}::${type}[]`).join(', ')})
  on conflict (id) do update set ${columns.map((column) => `${column} = excluded.${column}`).join(', ')}`;
const currentOf = (table: PlainTable) => `select ${columns.join(', ')} from floor.${table} where id = any($1)`;

/** Projects the events up to a position; returns how many a second. */
export const projectPlainly = async (pool: pg.Pool, table: PlainTable, until: bigint): Promise<number> => {
  const client = await pool.connect();
  // A connection that breaks fails its query; the event comes on top of that.
  client.on('error', () => undefined);
  // As the product's projector: after a crash the checkpoint is as old as the rows, so no batch
  // has to wait for the disk; and tables that grow this fast have no statistics to plan with.
  await client.query('set synchronous_commit = off; set enable_seqscan = off');
  const begun = performance.now();
  let events = 0;
  try {
    for (let position = 0n; position < until; ) {
      const batch = await projectBatch(client, table);
      if (batch.events === 0) throw new Error(`The plain log ends before ${until}.`);
      events += batch.events;
      position = batch.last;
    }
  } finally {
    client.release();
  }
  return (events * 1_000) / (performance.now() - begun);
};

const projectBatch = async (client: pg.PoolClient, table: PlainTable): Promise<{ events: number; last: bigint }> => {
  await client.query('begin');
  const checkpoint = await client.query<{ position: bigint }>(
    `select position from floor.${table}_checkpoint for update`,
  );
  const { rows: events } = await client.query<PlainEvent>({
    name: 'read',
    text: read,
    values: [checkpoint.rows[0]?.position ?? 0n],
  });
  const last = events.at(-1);
  if (last) {
    const rows = await foldRows(client, table, events);
    const values = columns.map((column) => rows.map((row) => row[column]));
    await client.query({ name: `upsert ${table}`, text: upsertInto(table), values });
    await client.query(`update floor.${table}_checkpoint set position = $1`, [last.position]);
  }
  await client.query('commit');
  return { events: events.length, last: last?.position ?? 0n };
};

/** The rows as they are after these events; what was not created among them is read first. */
const foldRows = async (client: pg.PoolClient, table: PlainTable, events: readonly PlainEvent[]): Promise<Row[]> => {
  const ours = events.filter(({ event_type }) => event_type.startsWith('Interaction'));
  const created = new Set(ours.filter(({ revision }) => revision === 0).map(({ stream }) => streamId(stream)));
  const older = [...new Set(ours.map(({ stream }) => streamId(stream)))].filter((id) => !created.has(id));
  const rows = new Map<string, Row>();
  if (older.length > 0) {
    const found = await client.query<Row>({ name: `current ${table}`, text: currentOf(table), values: [older] });
    for (const row of found.rows) rows.set(String(row.id), row);
  }
  for (const event of ours) rows.set(streamId(event.stream), fold(rows.get(streamId(event.stream)), event));
  return [...rows.values()];
};

const fold = (before: Row | undefined, { stream, revision, event_type, data, metadata }: PlainEvent): Row => {
  const { start, end, ...fields } = JSON.parse(data);
  const { siteId, actorId, at } = JSON.parse(metadata) as PlainMetadata;
  const updated = { revision, updated_by: actorId, updated_at: at };
  const times = {
    ...(start ? { start_local: start.local, start_utc: start.instant } : {}),
    ...(end ? { end_local: end.local, end_utc: end.instant } : {}),
  };
  if (before) return { ...before, ...fields, ...times, ...updated };
  if (event_type !== 'InteractionCreated') throw new Error(`${stream} does not begin with its creation.`);
  return {
    site_id: siteId,
    id: streamId(stream),
    created_by: actorId,
    created_at: at,
    ...fields,
    ...times,
    ...updated,
  };
};
