import type { Sort } from '@ims/contracts/interactions/api';
import type { SiteSnapshot } from '../site-scope.ts';
import type { Place } from './cursor.ts';
import type { Filters } from './filters.ts';
import { readHeld, withHeld } from './held.ts';
import { type InteractionRow, interactionColumns } from './interaction-row.ts';
import { countStatement, pageStatement } from './page-statement.ts';
import { searchCountStatement, searchPageStatement } from './search-statement.ts';
import { completeSort, sortKeys } from './sort-order.ts';
import { isCounted, readStatistics, type Statistics, totalFromStatistics } from './statistics.ts';

export type TotalWanted = 'skip' | 'capped' | 'exact';

export type ListRequest = {
  readonly filters: Filters;
  readonly sort: Sort;
  readonly page: number;
  readonly pageSize: number;
  readonly after: Place | undefined;
  readonly total: TotalWanted;
  readonly seesNotes: boolean;
};

export type Total = { readonly total: number; readonly totalIsExact: boolean };

export type ListRead = {
  readonly rows: readonly InteractionRow[];
  readonly hasMore: boolean;
  readonly total: Total | undefined;
  readonly unfilteredTotal: number;
};

/** Filtered totals are counted up to here; a person does not tell 10,000 from more. */
export const totalCap = 10_000;
const everything = 2_147_483_646;

/** The rows of a page and one more, which tells whether there is a next page. */
const readRows = (snapshot: SiteSnapshot, request: ListRequest): Promise<InteractionRow[]> => {
  const { filters, page, pageSize, after, seesNotes } = request;
  const limit = pageSize + 1;
  const sort = completeSort(request.sort);
  if (filters.text !== undefined) {
    const offset = (page - 1) * pageSize;
    const search = { text: filters.text, filters, sort, limit, offset, seesNotes };
    return snapshot.rows<InteractionRow>(searchPageStatement(snapshot.versions, interactionColumns, search));
  }
  const offset = after ? 0 : (page - 1) * pageSize;
  const listed = { filters, keys: sortKeys(sort), limit, offset, after, inBin: false };
  return snapshot.rows<InteractionRow>(pageStatement(snapshot.versions, interactionColumns, listed));
};

/** Counts what the filters leave; with `capped` an answer above the cap is the cap, and not exact. */
export const countInteractions = async (
  snapshot: SiteSnapshot,
  { filters, seesNotes }: Pick<ListRequest, 'filters' | 'seesNotes'>,
  wanted: 'capped' | 'exact',
): Promise<Total> => {
  const cap = wanted === 'capped' ? totalCap : undefined;
  const statement =
    filters.text === undefined
      ? countStatement(snapshot.versions, filters, cap === undefined ? undefined : cap + 1)
      : searchCountStatement(snapshot.versions, { text: filters.text, filters, seesNotes }, cap ?? everything);
  const [row] = await snapshot.rows<{ total: bigint }>(statement);
  const counted = Number(row?.total ?? 0n);
  return cap !== undefined && counted > cap
    ? { total: cap, totalIsExact: false }
    : { total: counted, totalIsExact: true };
};

/** What is known without counting: a page that is not full is the end of its list. */
const totalFromRows = (request: ListRequest, found: number): Total | undefined => {
  const isEnd = found <= request.pageSize && (found > 0 || request.page === 1);
  if (!isEnd) return undefined;
  return { total: (request.page - 1) * request.pageSize + found, totalIsExact: true };
};

const totalOf = async (
  snapshot: SiteSnapshot,
  request: ListRequest,
  found: number,
  statistics: Statistics,
): Promise<Total | undefined> => {
  if (request.total === 'skip') return undefined;
  // After a cursor the number of rows before this page is the reader's own count, not this snapshot's.
  const known = request.after ? undefined : totalFromRows(request, found);
  const counted = known ?? totalFromStatistics(request.filters, statistics);
  return counted ?? countInteractions(snapshot, request, request.total);
};

/** One page of a site's interactions with its totals, all of one moment. */
export const listInteractions = async (snapshot: SiteSnapshot, request: ListRequest): Promise<ListRead> => {
  const asked = [readRows(snapshot, request), readStatistics(snapshot, request.filters), readHeld(snapshot)] as const;
  if (request.total === 'skip' || isCounted(request.filters)) snapshot.askedAll();
  const [rows, statistics, isHeld] = await Promise.all(asked);
  const total = await totalOf(snapshot, request, rows.length, statistics);
  return {
    rows: withHeld(rows.slice(0, request.pageSize), isHeld),
    hasMore: rows.length > request.pageSize,
    total,
    unfilteredTotal: statistics.all,
  };
};
