import type { Sort, SortField } from '@ims/contracts/interactions/api';
import { type InteractionStatus, interactionStatuses } from '@ims/contracts/interactions/lifecycle';
import type { Query } from '#api/client.ts';

export const pageSizes = [25, 50, 100] as const;
export type PageSize = (typeof pageSizes)[number];

/** What the Finder shows, as its address says it. Empty texts and lists mean: not filtered. */
export type FinderQuery = {
  readonly search: string;
  readonly title: string;
  readonly lead: string;
  readonly location: string;
  readonly type: readonly string[];
  readonly status: readonly InteractionStatus[];
  readonly timezone: readonly string[];
  readonly startFrom: string;
  readonly startTo: string;
  readonly sort: Sort;
  readonly page: number;
  /** Nothing in the address: as the person is used to. */
  readonly pageSize: PageSize | undefined;
};

export const defaultSort: Sort = [{ field: 'startDateTime', direction: 'desc' }];
export const emptyQuery: FinderQuery = {
  search: '',
  title: '',
  lead: '',
  location: '',
  type: [],
  status: [],
  timezone: [],
  startFrom: '',
  startTo: '',
  sort: defaultSort,
  page: 1,
  pageSize: undefined,
};

const sortable: Readonly<Record<SortField, true>> = {
  title: true,
  type: true,
  lead: true,
  startDateTime: true,
  endDateTime: true,
  timezone: true,
  location: true,
  status: true,
  createdAt: true,
  updatedAt: true,
};
export const isSortable = (field: string): field is SortField => field in sortable;

const longest = 500;
const isDay = (text: string): boolean => /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text));
const isTimeZone = (text: string): boolean => {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
};
const isStatus = (text: string): text is InteractionStatus => interactionStatuses.some((status) => status === text);

const readSort = (text: string): Sort | undefined => {
  const parts = text.split(',').flatMap((part) => {
    const [field = '', direction = 'asc'] = part.split(':');
    return isSortable(field) && (direction === 'asc' || direction === 'desc') ? [{ field, direction } as const] : [];
  });
  return parts.length === text.split(',').length && parts.length <= 5 ? parts : undefined;
};

type Reader = (values: readonly string[]) => Partial<FinderQuery> | undefined;
const text =
  (name: 'search' | 'title' | 'lead' | 'location'): Reader =>
  ([value = '']) =>
    value.length <= longest ? { [name]: value } : undefined;
const day =
  (name: 'startFrom' | 'startTo'): Reader =>
  ([value = '']) =>
    isDay(value) ? { [name]: value } : undefined;

const readers: Readonly<Record<string, Reader>> = {
  search: text('search'),
  title: text('title'),
  lead: text('lead'),
  location: text('location'),
  type: (values) => ({ type: values }),
  status: (values) => (values.every(isStatus) ? { status: values } : undefined),
  timezone: (values) => (values.every(isTimeZone) ? { timezone: values } : undefined),
  startFrom: day('startFrom'),
  startTo: day('startTo'),
  sort: ([value = '']) => {
    const sort = readSort(value);
    return sort && { sort };
  },
  page: ([value = '']) => (/^[1-9]\d{0,5}$/.test(value) ? { page: Number(value) } : undefined),
  pageSize: ([value]) => {
    const pageSize = pageSizes.find((size) => String(size) === value);
    return pageSize && { pageSize };
  },
};

/** Reads an address; `dropped` names what it asked for that this Finder does not know. */
export const readFinderUrl = (parameters: URLSearchParams): { query: FinderQuery; dropped: readonly string[] } => {
  const names = [...new Set(parameters.keys())];
  const read = names.map((name) => ({ name, part: readers[name]?.(parameters.getAll(name)) }));
  return {
    query: Object.assign({}, emptyQuery, ...read.map(({ part }) => part ?? {})),
    dropped: read.filter(({ part }) => !part).map(({ name }) => name),
  };
};

export const writeSort = (sort: Sort): string => sort.map(({ field, direction }) => `${field}:${direction}`).join(',');

/** The address of what is shown, without what is usual, always in the same order. */
export const writeFinderUrl = (query: FinderQuery): URLSearchParams => {
  const parameters = new URLSearchParams();
  for (const name of ['search', 'title', 'lead', 'location', 'startFrom', 'startTo'] as const) {
    if (query[name]) parameters.set(name, query[name]);
  }
  for (const name of ['type', 'status', 'timezone'] as const) {
    for (const value of query[name]) parameters.append(name, value);
  }
  const sort = writeSort(query.sort);
  if (sort && sort !== writeSort(defaultSort)) parameters.set('sort', sort);
  if (query.page > 1) parameters.set('page', String(query.page));
  if (query.pageSize) parameters.set('pageSize', String(query.pageSize));
  return parameters;
};

/** The filters alone, as the API takes them; days are days of the viewer's zone. */
export const apiFilters = (query: FinderQuery, viewerZone: string): Query => ({
  search: query.search.trim() || undefined,
  title: query.title.trim() || undefined,
  lead: query.lead.trim() || undefined,
  location: query.location.trim() || undefined,
  type: query.type,
  status: query.status,
  timezone: query.timezone,
  startFrom: query.startFrom || undefined,
  startTo: query.startTo || undefined,
  zone: query.startFrom || query.startTo ? viewerZone : undefined,
});

export const apiQuery = (query: FinderQuery, usualSize: PageSize, viewerZone: string): Query => ({
  ...apiFilters(query, viewerZone),
  sort: writeSort(query.sort.length ? query.sort : defaultSort),
  page: query.page,
  pageSize: query.pageSize ?? usualSize,
});
