import { type FeedEvent, isReadable } from './feed-event.ts';
import type { Key, ProjectedEvent, Row, RowTable, Tally } from './projection.ts';

export type StoredRow = Row & { readonly position: string };

/** A row before and after a batch; `changedAt` is the position of the last event that touched it. */
export type ChangedRow = {
  readonly key: Key;
  readonly before: StoredRow | undefined;
  readonly after: StoredRow | undefined;
  readonly changedAt: bigint;
};

/** Thrown when an event cannot be read or a handler cannot take it: no retry cures the event or the code. */
export class EventNotProjected extends Error {
  override readonly name = 'EventNotProjected';
  readonly event: FeedEvent;

  constructor(event: FeedEvent, cause: unknown) {
    const { type, position, stream, revision } = event;
    super(`Event ${position} (${type}, ${stream}/${revision}) cannot be projected`, { cause });
    this.event = event;
  }
}

/** Thrown when a changed row cannot be counted: as above, but which event it was is not known. */
export class RowNotCounted extends Error {
  override readonly name = 'RowNotCounted';
}

export const keyText = (key: Key): string => Object.values(key).join('/');

const concerns = ({ on, onlySite }: RowTable, event: ProjectedEvent): boolean =>
  on[event.type] !== undefined && (onlySite === undefined || event.metadata.siteId === onlySite);

/** The keys of the rows that the events touch, each once. */
export const touchedKeys = (table: RowTable, events: readonly FeedEvent[]): ReadonlyMap<string, Key> => {
  const keys = new Map<string, Key>();
  for (const event of events) {
    if (!isReadable(event) || !concerns(table, event)) continue;
    const key = guarded(event, () => table.keyOf(event));
    keys.set(keyText(key), key);
  }
  return keys;
};

/** Folds the events into the rows that are there. An event that a row has already seen is passed over. */
export const foldRows = (
  table: RowTable,
  events: readonly FeedEvent[],
  existing: ReadonlyMap<string, StoredRow>,
): readonly ChangedRow[] => {
  const changed = new Map<string, ChangedRow>();
  for (const event of events) {
    if (!isReadable(event) || !concerns(table, event)) continue;
    const key = table.keyOf(event);
    const id = keyText(key);
    const before = existing.get(id);
    const current = changed.has(id) ? changed.get(id)?.after : before;
    if (current && event.position <= BigInt(current.position)) continue;
    const next = guarded(event, () => nextRow(table, current, event));
    if (next === current) continue;
    const after = next && { ...next, position: String(event.position) };
    changed.set(id, { key, before, after, changedAt: event.position });
  }
  return [...changed.values()].filter(({ before, after }) => before || after);
};

const nextRow = (table: RowTable, row: Row | undefined, event: ProjectedEvent): Row | undefined => {
  if (event.erased && table.holdsContent) return undefined;
  // One handler's event type is narrower than all events; its name has just been looked up by that type.
  const handle = table.on[event.type] as ((row: Row | undefined, event: ProjectedEvent) => Row | undefined) | undefined;
  return handle?.(row, event);
};

const guarded = <Result>(event: ProjectedEvent, work: () => Result): Result => {
  try {
    return work();
  } catch (cause) {
    throw new EventNotProjected(event, cause);
  }
};

const talliesOf = (table: RowTable, row: Row): readonly Tally[] => {
  try {
    return table.counts?.tallies(row) ?? [];
  } catch (cause) {
    throw new RowNotCounted(`A row of ${table.name} cannot be counted`, { cause });
  }
};

export type CountChange = { readonly siteId: string; readonly tally: Tally; readonly by: number };

/** What the changed rows add to and take from the counts; what evens out is left out. */
export const foldCounts = (table: RowTable, rows: readonly ChangedRow[]): readonly CountChange[] => {
  const changes = new Map<string, CountChange>();
  const add = (row: Row | undefined, by: number): void => {
    for (const tally of row ? talliesOf(table, row) : []) {
      const siteId = String(row?.site_id);
      const id = JSON.stringify([siteId, tally]);
      changes.set(id, { siteId, tally, by: (changes.get(id)?.by ?? 0) + by });
    }
  };
  for (const { before, after } of rows) {
    add(before, -1);
    add(after, 1);
  }
  return [...changes.values()].filter(({ by }) => by !== 0);
};
