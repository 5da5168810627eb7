import { isRefusal, type Refusal } from '@ims/contracts/error-codes';
import {
  formatSort,
  type InteractionList,
  type ListInteractionsQuery,
  parseSort,
  type Sort,
} from '@ims/contracts/interactions/api';
import { callerOf, siteOf } from '@ims/platform/http/route-access';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type QueryContext, readPage } from '../query-context.ts';
import { referencesTo } from '../users/people.ts';
import type { CursorBinding, Cursors, Place } from './cursor.ts';
import { type Filters, readFilters } from './filters.ts';
import { type InteractionRow, peopleIn, toInteraction } from './interaction-row.ts';
import { type ListRead, type ListRequest, listInteractions } from './list-interactions.ts';
import { seesNotes } from './notes.ts';
import { completeSort, sortKeys } from './sort-order.ts';

/** Everything that decides which rows a list holds and in which order: a cursor fits this and nothing else. */
const bindingOf = (request: FastifyRequest, query: ListInteractionsQuery, sort: Sort): CursorBinding => {
  const {
    page: _page,
    cursor: _cursor,
    total: _total,
    siteId: _siteId,
    sort: _sort,
    direction: _direction,
    ...rest
  } = query;
  const parts = Object.entries(rest).filter(([, value]) => value !== undefined);
  parts.sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    siteId: siteOf(request).id,
    userId: callerOf(request).userId,
    query: JSON.stringify([formatSort(sort), parts]),
  };
};

const requestOf = (
  request: FastifyRequest,
  query: ListInteractionsQuery,
  parts: { filters: Filters; sort: Sort; after: Place | undefined },
): ListRequest => ({
  ...parts,
  page: parts.after?.page ?? query.page ?? 1,
  pageSize: query.pageSize ?? siteOf(request).settings.defaultPageSize,
  total: query.total,
  seesNotes: seesNotes(siteOf(request)),
});

const placeAfter = (row: InteractionRow, sort: Sort, page: number): Place => ({
  page,
  keys: sortKeys(completeSort(sort)).map(({ column }) => String(row[column as keyof InteractionRow])),
  id: row.id,
});

const pagesOf = (total: number | undefined, pageSize: number): number | null =>
  total === undefined ? null : Math.ceil(total / pageSize);

const toList = async (
  { names }: QueryContext,
  list: ListRequest,
  { rows, total, unfilteredTotal, hasMore }: ListRead,
  seal: (place: Place) => string,
): Promise<InteractionList> => {
  const reference = await referencesTo(names, peopleIn(rows));
  const last = rows.at(-1);
  return {
    interactions: rows.map((row) => toInteraction(row, reference, list.seesNotes)),
    page: list.page,
    pageSize: list.pageSize,
    total: total?.total ?? null,
    totalIsExact: total?.totalIsExact ?? false,
    totalPages: pagesOf(total?.total, list.pageSize),
    unfilteredTotal,
    nextCursor: last && hasMore ? seal(placeAfter(last, list.sort, list.page + 1)) : null,
  };
};

/** `GET /interactions`: one page of the site's records. */
export const answerList =
  (context: QueryContext, cursors: Cursors) =>
  async (
    request: FastifyRequest & { query: ListInteractionsQuery },
    reply: FastifyReply,
  ): Promise<InteractionList | Refusal> => {
    const { query } = request;
    const site = siteOf(request);
    const { sort, known } = parseSort(query.sort, query.direction);
    if (!known) reply.header('warning', '299 ims "Unknown sort: the default order is used"');
    const filters = readFilters(query, site.settings.defaultTimezone);
    if (isRefusal(filters)) return filters;
    const binding = bindingOf(request, query, sort);
    const after = query.cursor === undefined ? undefined : cursors.open(binding, query.cursor);
    if (isRefusal(after)) return after;
    const list = requestOf(request, query, { filters, sort, after });
    const call = {
      request,
      siteId: site.id,
      projections: ['interactions', 'statistics'],
      name: 'list',
      query: list,
    } as const;
    const read = await readPage(context, call, (snapshot) => listInteractions(snapshot, list));
    return isRefusal(read) ? read : toList(context, list, read, (place) => cursors.seal(binding, place));
  };
