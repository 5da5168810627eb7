import { createHash } from 'node:crypto';
import type { Cells } from './map-row.ts';
import type { Mapping } from './mapping.ts';

const hash = (parts: readonly unknown[]): string => createHash('sha256').update(JSON.stringify(parts)).digest('hex');

/**
 * Makes the idempotency key of each row: what the `key` columns say, or else the whole row and how many rows like it
 * stood before it. Neither the file's name nor the row's place counts, so a file may be renamed, sorted or extended.
 * Rows must be given in the file's order. Returns nothing when all key columns are empty.
 */
export const rowKeys = ({ name, key }: Pick<Mapping, 'name' | 'key'>): ((cells: Cells) => string | undefined) => {
  const seen = new Map<string, number>();
  return (cells) => {
    if (key) {
      const values = key.map((column) => (cells.get(column) ?? '').trim());
      return values.every((value) => value === '') ? undefined : hash([name, 'columns', values]);
    }
    const content = hash([name, 'row', [...cells]]);
    const occurrence = seen.get(content) ?? 0;
    seen.set(content, occurrence + 1);
    return hash([content, occurrence]);
  };
};
