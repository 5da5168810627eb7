import type { Action } from '@ims/contracts/permissions';
import type { FastifyRequest } from 'fastify';
import type { Caller, CallerSite } from '../identity/caller.ts';

/**
 * Who may call a route; every route declares it as `config.access`, and the server does not start without.
 * `signed-in`: anybody is; `withExpiredPassword` lets those in as well who must change their password first.
 * `site`: the caller needs the action on the site of the call; `siteFrom` says where that site is named: `scope`
 * (default; header `X-Site-Id` or query `siteId`) or `path` (parameter `id`). `system`: a system role must allow it.
 */
export type RouteAccess =
  | { readonly kind: 'public' }
  | { readonly kind: 'signed-in'; readonly withExpiredPassword?: true }
  | { readonly kind: 'site'; readonly action: Action; readonly siteFrom?: 'scope' | 'path' }
  | { readonly kind: 'system'; readonly action: Action };

/** Which budget a call is counted on: default `read` for GET and HEAD, `write` for the rest. */
export type RateClass = 'read' | 'write' | 'credentials';

/** A signed-in person asked for what is not theirs. */
export type Denied = {
  readonly userId: string;
  readonly siteId: string | undefined;
  readonly reason: DenialReason;
};
export type DenialReason = 'no-role' | 'not-allowed' | 'no-such-record' | 'suspended' | 'password-expired';

declare module 'fastify' {
  interface FastifyContextConfig {
    access?: RouteAccess;
    rate?: RateClass;
  }
  interface FastifyRequest {
    /** Set on every route whose access is not `public`. Read it with `callerOf`. */
    caller: Caller | null;
    /** Whom the call was refused and why, for the audit; set by whoever refuses before there is a caller. */
    denied: Denied | null;
    /** Set on routes with access `site`. Read it with `siteOf`. */
    site: CallerSite | null;
  }
}

/** The signed-in caller. Throws on a public route: that is a mistake of the route's author. */
export const callerOf = (request: FastifyRequest): Caller => {
  if (request.caller) return request.caller;
  throw new Error(`${request.routeOptions.url ?? request.url} is public: it has no caller.`);
};

/** The site of the call. Throws on a route whose access is not `site`. */
export const siteOf = (request: FastifyRequest): CallerSite => {
  if (request.site) return request.site;
  throw new Error(`${request.routeOptions.url ?? request.url} is not bound to a site.`);
};
