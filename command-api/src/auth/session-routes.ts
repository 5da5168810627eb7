import { LoginBody, SignedIn } from '@ims/contracts/auth/api';
import { isRefusal } from '@ims/contracts/error-codes';
import type { Server } from '@ims/platform/http/build-server';
import { sendRefusal } from '@ims/platform/http/errors';
import { nobody, type SecurityInbox } from '@ims/platform/security-events/security-inbox';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { KnownDevices } from './known-devices.ts';
import { clearRefreshCookie, readRefreshCookie, refuseForeignPage, setRefreshCookie } from './refresh-cookie.ts';
import { originOf } from './request-origin.ts';
import type { Sessions, WhenReused } from './sessions.ts';
import type { SignIn } from './sign-in.ts';
import { type SignedInAnswerOptions, signedInAnswer, signInAgain } from './signed-in-answer.ts';

export type SessionRouteOptions = SignedInAnswerOptions & {
  readonly signIn: SignIn;
  readonly sessions: Sessions;
  readonly devices: KnownDevices;
  readonly inbox: SecurityInbox;
};

const isPublic = { access: { kind: 'public' } } as const;

/** Sign in, renew, sign out. */
export const sessionRoutes = (app: Server, options: SessionRouteOptions): void => {
  loginRoute(app, options);
  refreshRoute(app, options);
  logoutRoute(app, options);
};

const loginRoute = (app: Server, options: SessionRouteOptions): void => {
  const { signIn, devices } = options;
  app.post(
    '/login',
    {
      config: { ...isPublic, rate: 'credentials' },
      schema: { summary: 'Sign in with username or e-mail and password', body: LoginBody, response: { 200: SignedIn } },
    },
    async (request, reply) => {
      const foreign = refuseForeignPage(request);
      if (foreign) return sendRefusal(reply, foreign);
      const { username, password, remember = false } = request.body;
      const session = await signIn({ name: username, password, remember, request });
      if (isRefusal(session)) {
        request.log.info({ operation: 'sign-in' }, 'Sign-in refused');
        return sendRefusal(reply, session);
      }
      const answer = await signedInAnswer(options, session);
      if (isRefusal(answer)) return sendRefusal(reply, answer);
      setRefreshCookie(reply, session.refreshToken);
      devices.remember(reply, session.userId);
      return reply.send(answer);
    },
  );
};

const refreshRoute = (app: Server, options: SessionRouteOptions): void => {
  const { sessions, inbox } = options;
  app.post(
    '/refresh',
    {
      config: isPublic,
      schema: { summary: 'A new access token for the refresh cookie', response: { 200: SignedIn } },
    },
    async (request, reply) => {
      const foreign = refuseForeignPage(request);
      if (foreign) return sendRefusal(reply, foreign);
      const token = readRefreshCookie(request);
      const renewal =
        token === undefined
          ? ({ outcome: 'refused' } as const)
          : await sessions.renew(token, recordReuse(inbox, request));
      if (renewal.outcome === 'refused') return refuseRenewal(request, reply);
      // First of all: the cookie that came is used up, whatever becomes of the answer.
      if (renewal.outcome === 'renewed') setRefreshCookie(reply, renewal.refreshToken);
      const answer = await signedInAnswer(options, renewal);
      return isRefusal(answer) ? sendRefusal(reply, answer) : reply.send(answer);
    },
  );
};

const recordReuse =
  (inbox: SecurityInbox, request: FastifyRequest): WhenReused =>
  (userId, client) => {
    const { correlationId, ...origin } = originOf(request);
    const data = { userId, because: 'token-reused', ...origin } as const;
    return inbox.record({ event: { type: 'SessionRevoked', data }, actorId: nobody, correlationId }, client);
  };

const logoutRoute = (app: Server, { sessions }: SessionRouteOptions): void => {
  app.post(
    '/logout',
    {
      config: isPublic,
      schema: { summary: 'Sign out of this session', response: { 200: z.object({ success: z.literal(true) }) } },
    },
    async (request, reply) => {
      const foreign = refuseForeignPage(request);
      if (foreign) return sendRefusal(reply, foreign);
      const token = readRefreshCookie(request);
      if (token !== undefined) await sessions.end(token);
      clearRefreshCookie(reply);
      return reply.send({ success: true });
    },
  );
};

/** A cookie that no longer opens anything is taken away, so that it does not come again with every call. */
const refuseRenewal = (request: FastifyRequest, reply: FastifyReply): FastifyReply => {
  if (readRefreshCookie(request) !== undefined) clearRefreshCookie(reply);
  return sendRefusal(reply, signInAgain);
};
