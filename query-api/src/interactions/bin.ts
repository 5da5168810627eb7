import { isRefusal, type Refusal, refusal } from '@ims/contracts/error-codes';
import type { BinList } from '@ims/contracts/interactions/api';
import { mayDelete } from '@ims/contracts/sites/settings';
import { callerOf, siteOf } from '@ims/platform/http/route-access';
import type { FastifyRequest } from 'fastify';
import { type QueryContext, readPage } from '../query-context.ts';
import type { SiteSnapshot } from '../site-scope.ts';
import { referencesTo } from '../users/people.ts';
import type { CursorBinding, Cursors, Place } from './cursor.ts';
import { noFilters } from './filters.ts';
import { readHeld, withHeld } from './held.ts';
import { type BinRow, binColumns, peopleIn, toBinnedInteraction } from './interaction-row.ts';
import { seesNotes } from './notes.ts';
import { pageStatement } from './page-statement.ts';
import type { SortKey } from './sort-order.ts';
import { readBinTotal } from './statistics.ts';

type BinQuery = {
  readonly page?: number | undefined;
  readonly pageSize?: number | undefined;
  readonly cursor?: string | undefined;
};
type BinPage = { readonly page: number; readonly pageSize: number; readonly after: Place | undefined };

/** What was deleted last stands first. */
const order: readonly SortKey[] = [{ column: 'deleted_at', descending: true }];

const readBin = async (snapshot: SiteSnapshot, { page, pageSize, after }: BinPage) => {
  const offset = after ? 0 : (page - 1) * pageSize;
  const request = { filters: noFilters, keys: order, limit: pageSize + 1, offset, after, inBin: true };
  const asked = [
    snapshot.rows<BinRow>(pageStatement(snapshot.versions, binColumns, request)),
    readBinTotal(snapshot),
    readHeld(snapshot),
  ] as const;
  snapshot.askedAll();
  const [rows, total, isHeld] = await Promise.all(asked);
  return { rows: withHeld(rows.slice(0, pageSize), isHeld), hasMore: rows.length > pageSize, total };
};

/** Where editors may not delete, the bin is not theirs either. */
const noBin = refusal('AUTHORIZATION_ERROR', 'You may not do this');

/** `GET /interactions/bin`: one page of the site's deleted records. */
export const answerBin =
  (context: QueryContext, cursors: Cursors) =>
  async (request: FastifyRequest & { query: BinQuery }): Promise<BinList | Refusal> => {
    const site = siteOf(request);
    if (!mayDelete(site)) return noBin;
    const pageSize = request.query.pageSize ?? site.settings.defaultPageSize;
    const binding: CursorBinding = { siteId: site.id, userId: callerOf(request).userId, query: `bin ${pageSize}` };
    const after = request.query.cursor === undefined ? undefined : cursors.open(binding, request.query.cursor);
    if (isRefusal(after)) return after;
    const page = after?.page ?? request.query.page ?? 1;
    const wanted = { page, pageSize, after };
    const call = {
      request,
      siteId: site.id,
      projections: ['interactions', 'statistics'],
      name: 'bin',
      query: wanted,
    } as const;
    const read = await readPage(context, call, (snapshot) => readBin(snapshot, wanted));
    if (isRefusal(read)) return read;
    const reference = await referencesTo(context.names, peopleIn(read.rows));
    const last = read.rows.at(-1);
    const next = last && read.hasMore ? { page: page + 1, keys: [last.deleted_at], id: last.id } : undefined;
    return {
      interactions: read.rows.map((row) => toBinnedInteraction(row, reference, seesNotes(site))),
      page,
      pageSize,
      total: read.total,
      totalIsExact: true,
      totalPages: Math.ceil(read.total / pageSize),
      nextCursor: next ? cursors.seal(binding, next) : null,
    };
  };
