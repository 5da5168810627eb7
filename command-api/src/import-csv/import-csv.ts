import type { ImportArguments } from './arguments.ts';
import { timeProblem } from './check-times.ts';
import { chooseSites, siteKey } from './choose-sites.ts';
import type { ImsClient } from './ims-client.ts';
import { mapRow } from './map-row.ts';
import { columnsOf, type Mapping, readMapping } from './mapping.ts';
import { type Progress, showProgress } from './progress.ts';
import { type FileRow, openCsv } from './read-rows.ts';
import { openRefusedRows, type RefusedRows } from './refused-rows.ts';
import { rowKeys } from './row-key.ts';
import { type OutgoingRow, sendBatch } from './send-batch.ts';

export type ImportSummary = { readonly imported: number; readonly alreadyThere: number; readonly refused: number };

export type ImportSurroundings = {
  /** Called once the file and the mapping are known to be good. */
  readonly connect: () => Promise<ImsClient>;
  readonly signal: AbortSignal;
  readonly terminal: { readonly isTTY?: boolean; write(text: string): unknown };
};

type PlacedRow = OutgoingRow & { readonly site: string };
type Overview = { readonly columns: readonly string[]; readonly count: number; readonly sites: readonly string[] };

const rowsPerRequest = 500;

/** Everything that can be said of a row without a server. */
const prepareRows = (mapping: Mapping) => {
  const keyOf = rowKeys(mapping);
  return (row: FileRow): PlacedRow | { readonly refused: string } => {
    if (row.problem) return { refused: row.problem };
    const key = keyOf(row.cells);
    if (key === undefined) return { refused: `The row has no ${mapping.key?.join(', ')}` };
    const mapped = mapRow(row.cells, mapping);
    if (mapped.refused !== undefined) return { refused: mapped.refused };
    return { row, site: mapped.site, sent: { key, ...mapped.fields } };
  };
};

/** Reads the file once for its size and its sites, so that a missing site is known before the first row is sent. */
const survey = async (file: string, mapping: Mapping, signal: AbortSignal): Promise<Overview> => {
  const { columns, rows } = await openCsv(file, mapping.delimiter, columnsOf(mapping));
  const prepare = prepareRows(mapping);
  const sites = new Map<string, string>();
  let count = 0;
  for await (const row of rows) {
    signal.throwIfAborted();
    count += 1;
    const prepared = prepare(row);
    if (!('refused' in prepared) && !sites.has(siteKey(prepared.site))) {
      sites.set(siteKey(prepared.site), prepared.site);
    }
  }
  return { columns, count, sites: [...sites.values()] };
};

type Sending = {
  readonly client: ImsClient;
  readonly siteIds: ReadonlyMap<string, string>;
  readonly refused: RefusedRows;
  readonly progress: Progress;
};

/** Counts what became of the rows, and sends them by site, a request at a time. */
const startSending = ({ client, siteIds, refused, progress }: Sending) => {
  const waiting = new Map<string, OutgoingRow[]>();
  let imported = 0;
  let alreadyThere = 0;
  const show = () => progress.show(imported + alreadyThere + refused.count());
  const flush = async (site: string): Promise<void> => {
    const rows = waiting.get(site) ?? [];
    waiting.delete(site);
    for (const { row, outcome, reason } of await sendBatch(client, siteIds.get(site) ?? '', rows)) {
      if (outcome === 'created') imported += 1;
      if (outcome === 'repeated') alreadyThere += 1;
      if (outcome === 'refused') await refused.add(row, reason);
    }
    show();
  };
  return {
    send: async (row: PlacedRow): Promise<void> => {
      const site = siteKey(row.site);
      const rows = waiting.get(site) ?? [];
      rows.push(row);
      waiting.set(site, rows);
      if (rows.length >= rowsPerRequest) await flush(site);
    },
    finish: async (): Promise<void> => {
      for (const site of [...waiting.keys()]) await flush(site);
      show();
    },
    summary: (): ImportSummary => ({ imported, alreadyThere, refused: refused.count() }),
  };
};

/** Sends every row of a CSV file through the same commands as the form; rows that are already there stay as they are. */
export const importCsv = async (
  { file, mapping: mappingPath, refused: refusedPath, createSites }: ImportArguments,
  { connect, signal, terminal }: ImportSurroundings,
): Promise<ImportSummary> => {
  const mapping = await readMapping(mappingPath);
  const { columns, count, sites } = await survey(file, mapping, signal);
  const client = await connect();
  const siteIds = await chooseSites(client, sites, createSites);
  const refused = openRefusedRows(refusedPath, columns);
  const progress = showProgress(count, terminal);
  const sending = startSending({ client, siteIds, refused, progress });
  const prepare = prepareRows(mapping);
  try {
    for await (const row of (await openCsv(file, mapping.delimiter, columnsOf(mapping))).rows) {
      signal.throwIfAborted();
      const prepared = prepare(row);
      if ('refused' in prepared) await refused.add(row, prepared.refused);
      else await sending.send(prepared);
    }
    await sending.finish();
  } finally {
    progress.end();
    await refused.close();
  }
  return sending.summary();
};

export type CheckSummary = {
  readonly good: number;
  readonly refused: number;
  readonly sites: ReadonlyMap<string, number>;
};

/** Checks every row as far as that can be done without a server, and sends nothing. */
export const checkCsv = async (
  { file, mapping: mappingPath, refused: refusedPath }: ImportArguments,
  signal: AbortSignal,
): Promise<CheckSummary> => {
  const mapping = await readMapping(mappingPath);
  const { columns, rows } = await openCsv(file, mapping.delimiter, columnsOf(mapping));
  const refused = openRefusedRows(refusedPath, columns);
  const prepare = prepareRows(mapping);
  const sites = new Map<string, number>();
  let good = 0;
  for await (const row of rows) {
    signal.throwIfAborted();
    const prepared = prepare(row);
    const reason = 'refused' in prepared ? prepared.refused : timeProblem(prepared.sent);
    if (reason !== undefined || 'refused' in prepared) {
      await refused.add(row, reason ?? '');
      continue;
    }
    good += 1;
    sites.set(prepared.site, (sites.get(prepared.site) ?? 0) + 1);
  }
  await refused.close();
  return { good, refused: refused.count(), sites };
};
