import { type Refusal, refusal } from '@ims/contracts/error-codes';
import { type Action, isAllowed } from '@ims/contracts/permissions';
import { headers } from '@ims/contracts/site-scope';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Access, AccessReader } from '../identity/access.ts';
import type { LiveSessions } from '../identity/live-sessions.ts';
import type { TokenVerifier } from '../identity/verify-token.ts';
import { sendRefusal } from './errors.ts';
import type { RateLimiter } from './rate-limit.ts';
import type { DenialReason, RouteAccess } from './route-access.ts';

type Dependencies = {
  readonly verifier: TokenVerifier;
  readonly accessReader: AccessReader;
  readonly liveSessions?: LiveSessions | undefined;
  readonly rateLimiter: RateLimiter;
};

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

const signIn = refusal('AUTHENTICATION_ERROR', 'Sign in to continue');
const changePassword = refusal('PASSWORD_EXPIRED', 'Your password has expired; choose a new one to continue');
const noAccess = refusal('AUTHORIZATION_ERROR', 'You may not do this');
const noSite = refusal('RESOURCE_NOT_FOUND', 'There is no such site');

/**
 * The hook that lets a request through to its route: counts it, verifies its token, reads the caller's roles of this
 * moment, and refuses what the route's `access` does not allow. Sets `request.caller` and `request.site`.
 */
export const createAuthorization = ({ verifier, accessReader, liveSessions, rateLimiter }: Dependencies) => {
  const refuseAnonymous = async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    if (await rateLimiter.byAddress(request, reply)) sendRefusal(reply, signIn);
  };

  return async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
    const access = request.routeOptions.config.access ?? publicAccess;
    if (access.kind === 'public') {
      return (await rateLimiter.byAddress(request, reply)) ? undefined : reply;
    }
    const token = bearerToken(request.headers.authorization);
    const verified = token === undefined ? undefined : await verifier.verify(token);
    if (!verified) return refuseAnonymous(request, reply).then(() => reply);
    if (!(await rateLimiter.byUser(verified.userId, request, reply))) return reply;
    const named = siteNamedBy(request, access);
    const siteId = typeof named === 'string' ? named : undefined;
    const { userId, sessionId } = verified;
    const [known, isLive] = await Promise.all([
      accessReader.read(userId, siteId),
      sessionId === undefined || liveSessions === undefined || liveSessions.isLive(sessionId),
    ]);
    if (!isLive) return sendRefusal(reply, signIn);
    const deny = (reason: DenialReason, refused: Refusal): FastifyReply => {
      request.denied = { userId, siteId, reason };
      request.log.warn({ operation: `${request.method} ${request.routeOptions.url}`, userId, siteId }, 'Access denied');
      return sendRefusal(reply, refused);
    };
    if (!known.active) return deny('suspended', signIn);
    if (verified.passwordExpired && !(access.kind === 'signed-in' && access.withExpiredPassword)) {
      return deny('password-expired', changePassword);
    }
    if (typeof named === 'object') return sendRefusal(reply, named);
    request.caller = { userId, sessionId, systemRoles: known.systemRoles, active: true };
    const refused = refuse(access, known);
    if (refused) return deny(known.site?.role || siteId === undefined ? 'not-allowed' : 'no-role', refused);
    if (known.site) request.site = known.site;
    return undefined;
  };
};

const publicAccess: RouteAccess = { kind: 'public' };

const bearerToken = (header: string | undefined): string | undefined =>
  header !== undefined && /^bearer /i.test(header) ? header.slice(7).trim() : undefined;

/** The id of the site a call names, lower-case; undefined where the route has no site; a refusal where it is not clear. */
const siteNamedBy = (request: FastifyRequest, access: RouteAccess): string | Refusal | undefined => {
  if (access.kind !== 'site') return undefined;
  if (access.siteFrom === 'path') {
    const { id } = request.params as { readonly id?: string };
    return id !== undefined && uuid.test(id) ? id.toLowerCase() : invalidSite('id', 'Must be a UUID');
  }
  const inHeader = request.headers[headers.siteId];
  const { siteId: inQuery } = request.query as { readonly siteId?: unknown };
  const named = inHeader ?? inQuery;
  if (named === undefined) return invalidSite('siteId', 'Name the site in X-Site-Id or siteId');
  if (typeof named !== 'string' || !uuid.test(named)) return invalidSite('siteId', 'siteId must be a UUID');
  const siteId = named.toLowerCase();
  const agrees = inQuery === undefined || (typeof inQuery === 'string' && inQuery.toLowerCase() === siteId);
  return agrees ? siteId : invalidSite('siteId', 'X-Site-Id and siteId name different sites');
};

const invalidSite = (field: string, message: string): Refusal =>
  refusal('VALIDATION_ERROR', message, [{ field, message }]);

const refuse = (access: RouteAccess, { systemRoles, site }: Access): Refusal | undefined => {
  if (access.kind === 'system') {
    return isAllowed(access.action, { siteRole: undefined, systemRoles }) ? undefined : noAccess;
  }
  if (access.kind !== 'site') return undefined;
  return refuseOnSite(access.action, { systemRoles, site });
};

/** Roles on a site rest while it is deactivated; a foreign site and one that does not exist look the same. */
const refuseOnSite = (
  action: Action,
  { systemRoles, site }: Pick<Access, 'systemRoles' | 'site'>,
): Refusal | undefined => {
  const siteRole = site?.active ? site.role : undefined;
  if (!isAllowed(action, { siteRole, systemRoles })) return noAccess;
  return site ? undefined : noSite;
};
