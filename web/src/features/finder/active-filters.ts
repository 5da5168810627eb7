import { formatDay } from '#ui/date-words.ts';
import { statusWords } from '#ui/status-mark.tsx';
import { emptyQuery, type FinderQuery } from './finder-url.ts';

/** One filter that is on: what it says in words, and the query without it. */
export type ActiveFilter = { readonly name: string; readonly words: string; readonly without: FinderQuery };

const dateWords = ({ startFrom, startTo }: FinderQuery): string => {
  if (startFrom && startFrom === startTo) return `On ${formatDay(startFrom)}`;
  if (startFrom && startTo) return `From ${formatDay(startFrom)} to ${formatDay(startTo)}`;
  return startFrom ? `From ${formatDay(startFrom)}` : `Until ${formatDay(startTo)}`;
};

/** The filters that are on, in words, in the order of the filter panel. */
export const activeFilters = (query: FinderQuery): readonly ActiveFilter[] => {
  const filter = (name: string, isOn: boolean, words: string, off: Partial<FinderQuery>): ActiveFilter[] =>
    isOn ? [{ name, words, without: { ...query, ...off, page: 1 } }] : [];
  const { title, type, lead, location, status, timezone } = query;
  return [
    ...filter('search', query.search.trim() !== '', `“${query.search.trim()}”`, { search: '' }),
    ...filter('title', title !== '', `Title: ${title}`, { title: '' }),
    ...filter('type', type.length > 0, `Type: ${type.join(', ')}`, { type: [] }),
    ...filter('lead', lead !== '', `Lead: ${lead}`, { lead: '' }),
    ...filter('dates', Boolean(query.startFrom || query.startTo), dateWords(query), { startFrom: '', startTo: '' }),
    ...filter('timezone', timezone.length > 0, `Time zone: ${timezone.join(', ')}`, { timezone: [] }),
    ...filter('location', location !== '', `Location: ${location}`, { location: '' }),
    ...filter('status', status.length > 0, `Status: ${status.map((one) => statusWords[one]).join(', ')}`, {
      status: [],
    }),
  ];
};

/** The same table with every filter off. */
export const cleared = (query: FinderQuery): FinderQuery => ({
  ...emptyQuery,
  sort: query.sort,
  pageSize: query.pageSize,
});
