import type { Sort, SortField } from '@ims/contracts/interactions/api';

/** A column of `read.interactions` that rows are ordered by; every one of them is not null. */
export type SortKey = { readonly column: SortColumn; readonly descending: boolean };

const columns = {
  title: 'title',
  type: 'type',
  lead: 'lead',
  startDateTime: 'start_utc',
  endDateTime: 'end_utc',
  timezone: 'timezone',
  location: 'location',
  status: 'status',
  createdAt: 'created_at',
  updatedAt: 'updated_at',
} as const satisfies Record<SortField, string>;
export type SortColumn = (typeof columns)[SortField] | 'deleted_at';

/** Sorts whose index goes on with the newest start: the group's rows come from it already in order. */
const grouping = new Set<SortField>(['type', 'lead', 'status']);

/**
 * The sort as it is carried out: rows of one type, lead or status stand by start, newest first (oldest first when the
 * sort descends, so that the index `(site_id, type, start_utc desc, id desc)` and its kin serve both ways).
 */
export const completeSort = (sort: Sort): Sort => {
  const [only] = sort;
  if (!only || sort.length > 1 || !grouping.has(only.field)) return sort;
  return [only, { field: 'startDateTime', direction: only.direction === 'asc' ? 'desc' : 'asc' }];
};

export const sortKeys = (sort: Sort): SortKey[] =>
  sort.map(({ field, direction }) => ({ column: columns[field], descending: direction === 'desc' }));

/** The id ends every order, in the direction of the key before it: no two rows change places between pages. */
const withId = (keys: readonly SortKey[]): { readonly column: string; readonly descending: boolean }[] => [
  ...keys,
  { column: 'id', descending: keys.at(-1)?.descending ?? true },
];

export const orderBy = (keys: readonly SortKey[]): string =>
  withId(keys)
    .map(({ column, descending }) => `r.${column} ${descending ? 'desc' : 'asc'}`)
    .join(', ');

/**
 * The condition for rows after a place; `parameters` are the SQL parameters of the keys' values and, last, of the id.
 * In mixed directions its first half is a bound that an index can start at.
 */
export const afterPlace = (keys: readonly SortKey[], parameters: readonly string[]): string => {
  const all = withId(keys).map((key, at) => ({ ...key, column: `r.${key.column}`, value: parameters[at] ?? 'null' }));
  const [first] = all;
  if (!first) throw new Error('An order has at least its id.');
  if (all.every((key) => key.descending === first.descending)) {
    const [left, right] = [all.map(({ column }) => column), all.map(({ value }) => value)];
    return `(${left.join(', ')}) ${first.descending ? '<' : '>'} (${right.join(', ')})`;
  }
  const steps = all.map(({ column, descending, value }, at) => {
    const equal = all.slice(0, at).map((before) => `${before.column} = ${before.value}`);
    return `(${[...equal, `${column} ${descending ? '<' : '>'} ${value}`].join(' and ')})`;
  });
  return `${first.column} ${first.descending ? '<=' : '>='} ${first.value} and (${steps.join(' or ')})`;
};
