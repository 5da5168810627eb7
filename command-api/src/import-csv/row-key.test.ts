import { describe, expect, it } from 'vitest';
import { rowKeys } from './row-key.ts';

const cells = (values: Record<string, string>) => new Map(Object.entries(values));

describe('the key of a row', () => {
  it('is the same in a second run', () => {
    const rows = [cells({ a: '1', b: 'x' }), cells({ a: '2', b: 'y' })];
    const mapping = { name: 'm', key: undefined };
    expect(rows.map(rowKeys(mapping))).toEqual(rows.map(rowKeys(mapping)));
  });
  it('follows the key columns alone, whatever else the row says', () => {
    const keyOf = rowKeys({ name: 'm', key: ['a'] });
    expect(keyOf(cells({ a: ' 1 ', b: 'x' }))).toBe(keyOf(cells({ a: '1', b: 'other' })));
    expect(keyOf(cells({ a: '1', b: 'x' }))).not.toBe(keyOf(cells({ a: '2', b: 'x' })));
    expect(keyOf(cells({ a: '', b: 'x' }))).toBeUndefined();
  });
  it('does not mix up neighbouring cells', () => {
    const keyOf = rowKeys({ name: 'm', key: ['a', 'b'] });
    expect(keyOf(cells({ a: '1', b: '23' }))).not.toBe(keyOf(cells({ a: '12', b: '3' })));
  });
  it('keeps identical rows apart where there are no key columns', () => {
    const keyOf = rowKeys({ name: 'm', key: undefined });
    const row = cells({ a: '1' });
    const keys = [keyOf(row), keyOf(row), keyOf(cells({ a: '2' }))];
    expect(new Set(keys).size).toBe(3);
  });
  it('belongs to its mapping', () => {
    const row = cells({ a: '1' });
    expect(rowKeys({ name: 'm', key: ['a'] })(row)).not.toBe(rowKeys({ name: 'n', key: ['a'] })(row));
  });
});
