import { isRefusal, type Refusal } from '@ims/contracts/error-codes';
import { headers } from '@ims/contracts/site-scope';
import { sendRefusal } from '@ims/platform/http/errors';
import type { DisplayNames } from '@ims/platform/identity/display-names';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { CachedCall, CachedReads, CacheKind } from './cached-reads.ts';
import type { KnownStates } from './known-states.ts';
import { everySite, type ProjectionName } from './read-state.ts';
import type { ReadYourWrites } from './read-your-writes.ts';
import type { SharedTables, SiteScope, SiteSnapshot } from './site-scope.ts';
import type { Snapshot } from './snapshot.ts';

/** What every route of the query API reads through. */
export type QueryContext = {
  readonly scope: SiteScope;
  readonly shared: SharedTables;
  readonly known: KnownStates;
  readonly cached: CachedReads;
  readonly readYourWrites: ReadYourWrites;
  readonly names: DisplayNames;
};

type Call = { readonly request: FastifyRequest; readonly projections: readonly ProjectionName[] };
type SiteCall = Call & { readonly siteId: string };
type Work<Value> = (snapshot: SiteSnapshot) => Promise<Value>;

const tokenOf = ({ request }: Call) => request.headers[headers.consistencyToken];

/** Reads rows of one site, including what the request's consistency token names. */
export const readSite = <Value>(
  { scope, known, readYourWrites }: QueryContext,
  call: SiteCall,
  work: Work<Value>,
): Promise<Value | Refusal> =>
  readYourWrites.read(tokenOf(call), {
    projections: call.projections,
    read: () => scope.read(call.siteId, work),
    state: () => known.now(call.siteId),
  });

/**
 * The question of somebody who has just been told of a change, perhaps by an instance that heard of it earlier than this
 * one (`Cache-Control: no-cache`): then this one looks first, and answers from memory if nothing is new.
 */
const isTold = ({ request }: Call): boolean => request.headers['cache-control'] === 'no-cache';

const readCached =
  (kind: CacheKind) =>
  <Value>(
    { cached, known, readYourWrites }: QueryContext,
    call: SiteCall & CachedCall,
    work: Work<Value>,
  ): Promise<Value | Refusal> =>
    readYourWrites.read(tokenOf(call), {
      projections: call.projections,
      read: async () => {
        if (isTold(call)) await known.now(call.siteId).catch(() => undefined);
        return cached.read(kind, call, work);
      },
      state: () => known.now(call.siteId),
    });

/** As `readSite`, from the cache where it has the page; rows and totals. */
export const readPage = readCached('pages');
/** As `readSite`, from the cache where it has the answer; types, leads and the like. */
export const readLookup = readCached('lookups');

/** Reads tables that belong to no site, including what the request's consistency token names. */
export const readShared = <Value>(
  { shared, known, readYourWrites }: QueryContext,
  call: Call,
  work: (snapshot: Snapshot) => Promise<Value>,
): Promise<Value | Refusal> =>
  readYourWrites.read(tokenOf(call), {
    projections: call.projections,
    read: () => shared.read(work),
    state: () => known.now(everySite),
  });

/** Sends a value, or the refusal in its place. */
export const answer = <Value>(reply: FastifyReply, value: Value): Exclude<Value, Refusal> | FastifyReply =>
  isRefusal(value) ? sendRefusal(reply, value) : (value as Exclude<Value, Refusal>);
