import { tableOf } from '../read-state.ts';
import type { SiteSnapshot } from '../site-scope.ts';
import { type Filters, isOnly } from './filters.ts';

/** How many records a site has outside its bin; `chosen` counts those of the filtered types or statuses, where asked. */
export type Statistics = { readonly all: number; readonly chosen: number | undefined };

type Row = { dimension: string; uses: bigint };

/** Which counter the filters ask for, when a single one answers them. */
const counterOf = (filters: Filters): { dimension: string; values: readonly string[] } | undefined => {
  if (filters.types && isOnly(filters, 'types')) return { dimension: 'type', values: filters.types };
  if (filters.statuses && isOnly(filters, 'statuses')) return { dimension: 'status', values: filters.statuses };
  return undefined;
};

const sum = (rows: readonly Row[], dimension: string): number =>
  rows.filter((row) => row.dimension === dimension).reduce((total, { uses }) => total + Number(uses), 0);

/** True when the counters know the total of these filters. */
export const isCounted = (filters: Filters): boolean => isOnly(filters, undefined) || counterOf(filters) !== undefined;

/** Reads the counters that these filters can be answered from; counting the rows themselves would cost far more. */
export const readStatistics = async (snapshot: SiteSnapshot, filters: Filters): Promise<Statistics> => {
  const counter = counterOf(filters);
  const table = tableOf(snapshot.versions, 'statistics', 'interaction_counts');
  const counted = `select dimension, uses from ${table} where site_id = $1`;
  if (!counter) {
    const rows = await snapshot.rows<Row>({ text: `${counted} and dimension = 'all'`, values: [] });
    return { all: sum(rows, 'all'), chosen: undefined };
  }
  const rows = await snapshot.rows<Row>({
    text: `${counted} and (dimension = 'all' or (dimension = $2 and value = any($3)))`,
    values: [counter.dimension, counter.values],
  });
  return { all: sum(rows, 'all'), chosen: sum(rows, counter.dimension) };
};

/** How many records stand in the site's bin. */
export const readBinTotal = async (snapshot: SiteSnapshot): Promise<number> => {
  const table = tableOf(snapshot.versions, 'statistics', 'interaction_counts');
  const rows = await snapshot.rows<Row>({
    text: `select dimension, uses from ${table} where site_id = $1 and dimension = 'bin'`,
    values: [],
  });
  return sum(rows, 'bin');
};

/** The exact total where the counters know it. */
export const totalFromStatistics = (
  filters: Filters,
  { all, chosen }: Statistics,
): { total: number; totalIsExact: boolean } | undefined => {
  if (chosen !== undefined) return { total: chosen, totalIsExact: true };
  return isOnly(filters, undefined) ? { total: all, totalIsExact: true } : undefined;
};
