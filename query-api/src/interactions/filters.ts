import { isRefusal, type Refusal } from '@ims/contracts/error-codes';
import { dayBounds } from '@ims/contracts/wall-time';
import { fieldQuery, type SearchField, searchQuery } from './search-text.ts';

/** Filters as the query string carries them (contract: `interactionFilterQuery`). */
export type FilterQuery = {
  readonly search?: string | undefined;
  readonly title?: string | undefined;
  readonly lead?: string | undefined;
  readonly location?: string | undefined;
  readonly type?: readonly string[] | undefined;
  readonly status?: readonly string[] | undefined;
  readonly timezone?: readonly string[] | undefined;
  readonly createdBy?: readonly string[] | undefined;
  readonly startFrom?: string | undefined;
  readonly startTo?: string | undefined;
  readonly zone?: string | undefined;
};

/** Filters as SQL takes them: `text` for `to_tsquery`, the time window from (inclusive) to (exclusive) in ISO 8601 UTC. */
export type Filters = {
  readonly text: string | undefined;
  readonly types: readonly string[] | undefined;
  readonly statuses: readonly string[] | undefined;
  readonly timezones: readonly string[] | undefined;
  readonly createdBy: readonly string[] | undefined;
  readonly startFrom: string | undefined;
  readonly startBefore: string | undefined;
};

export const noFilters: Filters = {
  text: undefined,
  types: undefined,
  statuses: undefined,
  timezones: undefined,
  createdBy: undefined,
  startFrom: undefined,
  startBefore: undefined,
};

const earliest = Date.parse('0001-01-01T00:00:00.000Z');
const latest = Date.parse('9999-12-31T23:59:59.999Z');
const isDate = (value: string): boolean => value.length === 10;
const instant = (milliseconds: number): string =>
  new Date(Math.min(Math.max(milliseconds, earliest), latest)).toISOString();

const windowStart = (value: string, zone: string): string =>
  isDate(value) ? dayBounds(value, zone).start : instant(Date.parse(value));

/** A date includes its whole day, an instant itself. */
const windowEnd = (value: string, zone: string): string =>
  isDate(value) ? dayBounds(value, zone).end : instant(Date.parse(value) + 1);

const textFields: readonly SearchField[] = ['title', 'lead', 'location'];

const textQuery = (query: FilterQuery): string | Refusal | undefined => {
  const parts = [
    ...(query.search ? [searchQuery(query.search)] : []),
    ...textFields.flatMap((field) => (query[field] ? [fieldQuery(field, query[field])] : [])),
  ];
  const refused = parts.find(isRefusal);
  if (refused) return refused;
  return parts.length === 0 ? undefined : parts.join(' & ');
};

const anyOf = (values: readonly string[] | undefined): readonly string[] | undefined =>
  values && values.length > 0 ? [...new Set(values)] : undefined;

/** Reads the filters of a query; dates are days of `zone`, else of the site's zone. An empty text is no filter. */
export const readFilters = (query: FilterQuery, siteZone: string): Filters | Refusal => {
  const text = textQuery(query);
  if (isRefusal(text)) return text;
  const zone = query.zone ?? siteZone;
  const startFrom = query.startFrom === undefined ? undefined : windowStart(query.startFrom, zone);
  return {
    text,
    types: anyOf(query.type),
    statuses: anyOf(query.status),
    timezones: anyOf(query.timezone),
    createdBy: anyOf(query.createdBy),
    startFrom,
    // Drafts without a start stand at infinity: a window that is open at its end must not show them.
    startBefore: query.startTo === undefined ? startFrom && 'infinity' : windowEnd(query.startTo, zone),
  };
};

/** True when nothing is filtered by, except perhaps by `kept`. */
export const isOnly = (filters: Filters, kept: 'types' | 'statuses' | undefined): boolean =>
  Object.entries(filters).every(([name, value]) => value === undefined || name === kept);
