import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import { type Stringifier, stringify } from 'csv-stringify';
import { ImportProblem } from './import-problem.ts';
import type { FileRow } from './read-rows.ts';

export type RefusedRows = {
  readonly count: () => number;
  add(row: FileRow, reason: string): Promise<void>;
  close(): Promise<void>;
};

/**
 * Lists refused rows in a CSV file of their own: line, reason, and every cell as it was, so that the file can be
 * corrected and imported. The file is made with the first refusal.
 */
export const openRefusedRows = (path: string, columns: readonly string[]): RefusedRows => {
  let count = 0;
  let sheet: { readonly rows: Stringifier; readonly written: Promise<void> } | undefined;
  const open = () => {
    const rows = stringify({ bom: true, header: true, columns: ['line', 'reason', ...columns] });
    const written = finished(rows.pipe(createWriteStream(path)));
    // Kept for `close`; without a listener a full disk would end the process before the sentence is said.
    written.catch(() => undefined);
    return { rows, written };
  };
  return {
    count: () => count,
    add: async (row, reason) => {
      sheet ??= open();
      count += 1;
      const isRoom = sheet.rows.write([row.line, reason, ...columns.map((column) => row.cells.get(column) ?? '')]);
      if (!isRoom) await Promise.race([new Promise<void>((done) => sheet?.rows.once('drain', done)), sheet.written]);
    },
    close: async () => {
      if (!sheet) return;
      sheet.rows.end();
      await sheet.written.catch((cause: unknown) => {
        throw new ImportProblem(`The refused rows cannot be written to ${path}.`, { cause });
      });
    },
  };
};
