import { tableOf, type Versions } from '../read-state.ts';
import type { Statement } from '../snapshot.ts';
import type { Place } from './cursor.ts';
import type { Filters } from './filters.ts';
import { afterPlace, orderBy, type SortKey } from './sort-order.ts';

/** Which rows of a list: after a place, or by the number of rows before them. */
export type PageRequest = {
  readonly filters: Filters;
  readonly keys: readonly SortKey[];
  readonly limit: number;
  readonly offset: number;
  readonly after: Place | undefined;
  readonly inBin: boolean;
};

// Beyond this many skipped rows it is cheaper to skip ids in the index and to fetch the page's rows by id.
const deepOffset = 200;

/** Collects values for `$2`, `$3`, …; `$1` is the site. */
const parameters = () => {
  const values: unknown[] = [];
  const add = (value: unknown): string => `$${values.push(value) + 1}`;
  return { values, add };
};

type Add = (value: unknown) => string;

const anyOf = (column: string, wanted: readonly string[] | undefined, add: Add): string[] => {
  if (!wanted) return [];
  return wanted.length === 1 ? [`${column} = ${add(wanted[0])}`] : [`${column} = any(${add(wanted)})`];
};

const conditions = (filters: Filters, inBin: boolean, add: Add): string[] => [
  'r.site_id = $1',
  inBin ? 'r.deleted_at is not null' : 'r.deleted_at is null',
  ...anyOf('r.type', filters.types, add),
  ...anyOf('r.status', filters.statuses, add),
  ...anyOf('r.timezone', filters.timezones, add),
  ...anyOf('r.created_by', filters.createdBy, add),
  ...(filters.startFrom === undefined ? [] : [`r.start_utc >= ${add(filters.startFrom)}`]),
  ...(filters.startBefore === undefined ? [] : [`r.start_utc < ${add(filters.startBefore)}`]),
];

/** One page of rows without text search. Indexes `(site_id, start_utc desc, id desc)` and its kin give the order. */
export const pageStatement = (versions: Versions, columns: string, request: PageRequest): Statement => {
  const { filters, keys, limit, offset, after, inBin } = request;
  const { values, add } = parameters();
  const table = tableOf(versions, 'interactions', 'interactions');
  const where = conditions(filters, inBin, add);
  if (after) where.push(afterPlace(keys, [...after.keys, after.id].map(add)));
  const order = orderBy(keys);
  const page = `where ${where.join(' and ')} order by ${order} limit ${add(limit)}`;
  if (offset === 0) return { text: `select ${columns} from ${table} r ${page}`, values };
  const skipped = `${page} offset ${add(offset)}`;
  if (offset < deepOffset) return { text: `select ${columns} from ${table} r ${skipped}`, values };
  const text = `select ${columns} from (select r.id from ${table} r ${skipped}) page
    join ${table} r on r.site_id = $1 and r.id = page.id order by ${order}`;
  return { text, values };
};

/** How many rows the filters leave, counted up to `cap` where there is one. */
export const countStatement = (versions: Versions, filters: Filters, cap: number | undefined): Statement => {
  const { values, add } = parameters();
  const from = `${tableOf(versions, 'interactions', 'interactions')} r where ${conditions(filters, false, add).join(' and ')}`;
  if (cap === undefined) return { text: `select count(*) as total from ${from}`, values };
  return { text: `select count(*) as total from (select from ${from} limit ${add(cap)}) counted`, values };
};
