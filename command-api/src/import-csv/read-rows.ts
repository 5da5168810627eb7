import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream';
import { CsvError, parse } from 'csv-parse';
import { ImportProblem } from './import-problem.ts';
import type { Cells } from './map-row.ts';

/** `line` is where the row begins in the file, the header being line 1; `problem` is set when its cells are too few or too many. */
export type FileRow = {
  readonly line: number;
  readonly cells: Cells;
  readonly problem: string | undefined;
};

export type CsvFile = {
  readonly columns: readonly string[];
  readonly rows: AsyncIterable<FileRow>;
};

type Parsed = { readonly record: readonly string[]; readonly raw: string };

const readText = async function* (path: string): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  try {
    for await (const bytes of createReadStream(path, { highWaterMark: 256 * 1024 })) {
      yield decoder.decode(bytes as Buffer, { stream: true });
    }
    yield decoder.decode();
  } catch (cause) {
    if (cause instanceof TypeError) throw new ImportProblem(`${path} is not UTF-8 text: save it as UTF-8.`, { cause });
    throw new ImportProblem(`The file ${path} cannot be read.`, { cause });
  }
};

const parseText = async function* (path: string, delimiter: string): AsyncGenerator<Parsed> {
  const parser = parse({
    bom: true,
    delimiter,
    raw: true,
    relax_column_count: true,
    skip_empty_lines: true,
  });
  // The parser throws what goes wrong upstream as well: the loop below is the only place that has to look.
  pipeline(readText(path), parser, () => undefined);
  try {
    yield* parser as AsyncIterable<Parsed>;
  } catch (cause) {
    if (!(cause instanceof CsvError)) throw cause;
    throw new ImportProblem(`${path} is not a CSV file: ${cause.message}.`, { cause });
  }
};

const lineBreaks = (text: string): number => text.match(/\r\n|\n|\r/g)?.length ?? 0;

/** Counts lines by what was read: the parser itself counts a Windows line break within quotes twice. */
const lineCounter = () => {
  let line = 1;
  return (raw: string): number => {
    const begin = line + lineBreaks(raw.slice(0, raw.length - raw.trimStart().length));
    line += lineBreaks(raw);
    return begin;
  };
};

const toRow = (columns: readonly string[], record: readonly string[], line: number): FileRow => {
  const problem =
    record.length === columns.length
      ? undefined
      : `The row has ${record.length} cells, but there are ${columns.length} columns`;
  return { line, cells: new Map(columns.map((column, at) => [column, record[at] ?? ''])), problem };
};

/**
 * Opens a CSV file and reads its header; rows are read as they are asked for, so memory stays flat.
 * @param needed the columns that must be there, each once
 */
export const openCsv = async (path: string, delimiter: string, needed: readonly string[]): Promise<CsvFile> => {
  const records = parseText(path, delimiter);
  const header = await records.next();
  if (header.done) throw new ImportProblem(`${path} is empty.`);
  const beginLine = lineCounter();
  beginLine(header.value.raw);
  const columns = header.value.record.map((name) => name.trim());
  const missing = needed.filter((name) => !columns.includes(name));
  if (missing.length > 0) {
    const names = [...new Set(missing)].map((name) => `"${name}"`).join(', ');
    await records.return(undefined);
    throw new ImportProblem(`The mapping names ${names}, but the columns of ${path} are: ${columns.join(', ')}.`);
  }
  const twice = needed.find((name) => columns.indexOf(name) !== columns.lastIndexOf(name));
  if (twice !== undefined) {
    await records.return(undefined);
    throw new ImportProblem(`${path} has the column "${twice}" twice.`);
  }
  const rows = async function* () {
    for await (const { record, raw } of records) yield toRow(columns, record, beginLine(raw));
  };
  return { columns, rows: rows() };
};
