import { inTransaction } from '@ims/platform/database/transaction';
import { maxNamedIds, type ReadTablesChanged } from '@ims/platform/messages/messages';
import type pg from 'pg';
import { type Lease, lockLease, moveCheckpoint } from './checkpoints.ts';
import { countWaiting } from './dead-letters.ts';
import type { Page } from './event-feed.ts';
import { couldConcern, isReadable } from './feed-event.ts';
import { type ChangedRow, EventNotProjected, foldCounts, foldRows, touchedKeys } from './fold.ts';
import type { Key, Projection, RowTable } from './projection.ts';
import { inReadSchema, loadRows, type TableName, writeCounts, writeRows } from './write-rows.ts';

/** In the place of a site for rows that belong to none. */
export const noSite = '00000000-0000-0000-0000-000000000000';

export type Touched = { readonly table: RowTable; readonly keys: ReadonlyMap<string, Key> };

/** Throws EventNotProjected, also for an event that cannot be read and might belong into the tables. */
export const touchedBy = (projection: Projection, { events }: Pick<Page, 'events'>): readonly Touched[] => {
  for (const event of events) {
    if (!isReadable(event) && couldConcern(projection, event)) throw new EventNotProjected(event, event.unreadable);
  }
  return projection.tables
    .map((table) => ({ table, keys: touchedKeys(table, events) }))
    .filter(({ keys }) => keys.size > 0);
};

export type Batch = {
  readonly page: Page;
  readonly touched: readonly Touched[];
  /** Dead letter → how many events that came with the page wait behind it. */
  readonly waiting?: ReadonlyMap<string, number>;
  /** How many events came with the page, those that wait included. */
  readonly passed?: number;
};

/**
 * Rows, checkpoint and generations in one transaction, under the lease row. It does not wait for the disk: after a
 * crash of the server checkpoint and rows are equally old, and what is missing is projected again to the same rows.
 * Throws Fenced, EventNotProjected, or the database's error; then nothing was written.
 */
export const writeBatch = (
  pool: pg.Pool,
  projection: Projection,
  lease: Lease,
  { page, touched, waiting = new Map(), passed = page.events.length }: Batch,
): Promise<readonly ReadTablesChanged[]> =>
  inTransaction(pool, async (client) => {
    await client.query(batchSettings);
    await lockLease(client, projection, lease);
    const name = inReadSchema(projection.version);
    const changed: ChangedRow[] = [];
    for (const { table, keys } of touched) changed.push(...(await foldIntoTable(client, { table, name, keys, page })));
    await countWaiting(client, waiting);
    const generations = await moveCheckpoint(
      client,
      projection,
      { position: page.last, events: passed },
      latestPerSite(changed),
    );
    return announcements(projection, generations, (site) => idsOfSite(changed, site));
  });

/**
 * The rows to load are named by key: without the last two the planner reads whole sites to join a hundred of them.
 * A twin that was paused amid a batch must not hold its locks for longer than its lease.
 */
export const batchSettings = `set local synchronous_commit = off; set local enable_seqscan = off;
  set local enable_hashjoin = off; set local enable_mergejoin = off;
  set local idle_in_transaction_session_timeout = '5s'`;

/** Also how a scratch copy is filled, so that verification folds with the same code. */
export const foldIntoTable = async (
  client: pg.ClientBase,
  { table, name, keys, page }: Touched & { readonly name: TableName; readonly page: Pick<Page, 'events'> },
): Promise<readonly ChangedRow[]> => {
  const rows = foldRows(table, page.events, await loadRows(client, table, name, keys));
  await writeRows(client, table, name, rows);
  if (table.counts) await writeCounts(client, table.counts, name, foldCounts(table, rows));
  return rows;
};

export const announcements = (
  projection: Projection,
  generations: ReadonlyMap<string, bigint>,
  idsOf: (site: string) => readonly string[] | null,
): readonly ReadTablesChanged[] =>
  [...generations].map(([site, generation]) => ({
    projection: projection.name,
    siteId: site === noSite ? null : site,
    generation: String(generation),
    ids: idsOf(site),
  }));

const siteOf = ({ key }: ChangedRow): string => key.site_id ?? noSite;

const latestPerSite = (changed: readonly ChangedRow[]): ReadonlyMap<string, bigint> => {
  const latest = new Map<string, bigint>();
  for (const row of changed) {
    const site = siteOf(row);
    if (row.changedAt > (latest.get(site) ?? 0n)) latest.set(site, row.changedAt);
  }
  return latest;
};

/** The last part of a row's key is what it is known by; null when there are too many to name. */
const idsOfSite = (changed: readonly ChangedRow[], site: string): readonly string[] | null => {
  const ids = new Set<string>();
  for (const row of changed) {
    if (siteOf(row) === site) ids.add(Object.values(row.key).at(-1) ?? '');
    if (ids.size > maxNamedIds) return null;
  }
  return [...ids];
};
