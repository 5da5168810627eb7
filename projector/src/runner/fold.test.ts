import { describe, expect, it } from 'vitest';
import { foldCounts, foldRows, keyText, type StoredRow, touchedKeys } from './fold.ts';
import { type ProjectedEvent, rowTable } from './projection.ts';

type Titled = { readonly site_id: string; readonly id: string; readonly title: string };

const table = rowTable<Titled>({
  name: 'titles',
  columns: { site_id: 'text', id: 'text', title: 'text' },
  key: ['site_id', 'id'],
  keyOf: ({ stream }) => ({ site_id: 'site', id: stream }),
  holdsContent: true,
  isPartitioned: false,
  on: {
    InteractionCreated: (_row, { stream, data }) => ({ site_id: 'site', id: stream, title: data.title }),
    InteractionUpdated: (row, { data }) => row && { ...row, title: data.title ?? row.title },
    InteractionDeleted: (row) => row,
    InteractionPurged: () => undefined,
  },
  counts: { name: 'words', columns: ['word'], tallies: ({ title }) => title.split(' ').map((word) => ({ word })) },
});

let position = 0n;
const event = (type: ProjectedEvent['type'], title?: string, changes: Partial<ProjectedEvent> = {}) => {
  position += 1n;
  return { type, data: { title }, stream: 'one', position, erased: false, ...changes } as unknown as ProjectedEvent;
};
const stored = (title: string, at: bigint): ReadonlyMap<string, StoredRow> => {
  const row = { site_id: 'site', id: 'one', title, position: String(at) };
  return new Map([[keyText({ site_id: 'site', id: 'one' }), row]]);
};
const nothing: ReadonlyMap<string, StoredRow> = new Map();

describe('folding a batch', () => {
  it('makes one row of all the events of a record', () => {
    const events = [event('InteractionCreated', 'First'), event('InteractionUpdated', 'Second')];
    expect(touchedKeys(table, events)).toEqual(new Map([['site/one', { site_id: 'site', id: 'one' }]]));
    expect(foldRows(table, events, nothing)).toEqual([
      {
        key: { site_id: 'site', id: 'one' },
        before: undefined,
        after: { site_id: 'site', id: 'one', title: 'Second', position: String(position) },
        changedAt: position,
      },
    ]);
  });

  it('passes over events that the row has already seen', () => {
    const old = event('InteractionUpdated', 'Old');
    expect(foldRows(table, [old], stored('New', old.position))).toEqual([]);
    expect(foldRows(table, [old], stored('New', old.position - 1n))).toHaveLength(1);
  });

  it('leaves alone what an event does not change', () => {
    expect(foldRows(table, [event('InteractionDeleted')], stored('Same', 0n))).toEqual([]);
    expect(foldRows(table, [event('InteractionRestored')], stored('Same', 0n))).toEqual([]);
  });

  it('writes nothing for a record that came and went within the batch', () => {
    expect(foldRows(table, [event('InteractionCreated', 'Brief'), event('InteractionPurged')], nothing)).toEqual([]);
  });

  it('takes a row away when its content became unreadable', () => {
    const [row] = foldRows(table, [event('InteractionUpdated', undefined, { erased: true })], stored('Secret', 0n));
    expect(row).toMatchObject({ before: { title: 'Secret' }, after: undefined });
  });

  it('counts only the difference', () => {
    const rows = foldRows(table, [event('InteractionUpdated', 'budget plan')], stored('budget review', 0n));
    expect(foldCounts(table, rows)).toEqual([
      { siteId: 'site', tally: { word: 'review' }, by: -1 },
      { siteId: 'site', tally: { word: 'plan' }, by: 1 },
    ]);
  });

  it('names the event that a handler cannot take', () => {
    const bad = event('InteractionCreated', undefined, { data: null } as unknown as Partial<ProjectedEvent>);
    expect(() => foldRows(table, [bad], nothing)).toThrow(`Event ${position} (InteractionCreated`);
  });
});
