import { isRefusal, type Refusal } from '@ims/contracts/error-codes';
import { headers } from '@ims/contracts/site-scope';
import { sendRefusal } from '@ims/platform/http/errors';
import type { DisplayNames } from '@ims/platform/identity/display-names';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ProjectionName } from './read-state.ts';
import type { ReadYourWrites } from './read-your-writes.ts';
import type { SharedTables, SiteScope, SiteSnapshot } from './site-scope.ts';
import type { Snapshot } from './snapshot.ts';

/** What every route of the query API reads through. */
export type QueryContext = {
  readonly scope: SiteScope;
  readonly shared: SharedTables;
  readonly readYourWrites: ReadYourWrites;
  readonly names: DisplayNames;
};

/** Reads rows of one site, including what the request's consistency token names. */
export const readSite = <Value>(
  { scope, readYourWrites }: QueryContext,
  call: { readonly request: FastifyRequest; readonly siteId: string; readonly projections: readonly ProjectionName[] },
  work: (snapshot: SiteSnapshot) => Promise<Value>,
): Promise<Value | Refusal> =>
  readYourWrites.read(call.request.headers[headers.consistencyToken], call.projections, () =>
    scope.read(call.siteId, work),
  );

/** Reads tables that belong to no site, including what the request's consistency token names. */
export const readShared = <Value>(
  { shared, readYourWrites }: QueryContext,
  call: { readonly request: FastifyRequest; readonly projections: readonly ProjectionName[] },
  work: (snapshot: Snapshot) => Promise<Value>,
): Promise<Value | Refusal> =>
  readYourWrites.read(call.request.headers[headers.consistencyToken], call.projections, () => shared.read(work));

/** Sends a value, or the refusal in its place. */
export const answer = <Value>(reply: FastifyReply, value: Value): Exclude<Value, Refusal> | FastifyReply =>
  isRefusal(value) ? sendRefusal(reply, value) : (value as Exclude<Value, Refusal>);
