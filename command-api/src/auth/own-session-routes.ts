import { OwnSessionList, SessionParams } from '@ims/contracts/auth/sessions';
import { refusal } from '@ims/contracts/error-codes';
import type { SessionRevoked } from '@ims/contracts/security/events';
import { inTransaction } from '@ims/platform/database/transaction';
import type { Server } from '@ims/platform/http/build-server';
import { sendRefusal } from '@ims/platform/http/errors';
import { callerOf } from '@ims/platform/http/route-access';
import type { SecurityInbox } from '@ims/platform/security-events/security-inbox';
import type { FastifyRequest } from 'fastify';
import type pg from 'pg';
import { z } from 'zod';
import { endSessions } from './end-sessions.ts';
import { endOwnSession, readOwnSessions } from './own-sessions.ts';
import { clearRefreshCookie } from './refresh-cookie.ts';
import { originOf } from './request-origin.ts';

const config = { access: { kind: 'signed-in' } } as const;
const Done = z.object({ success: z.literal(true) });
type Because = z.infer<typeof SessionRevoked>['because'];
type End = (client: pg.PoolClient) => Promise<boolean>;
const noSuchSession = refusal('RESOURCE_NOT_FOUND', 'There is no such sign-in of yours');

type OwnSessionRouteOptions = { readonly pool: pg.Pool; readonly inbox: SecurityInbox };

/** Where one is signed in, and ending it: one, or all of them with this one. */
export const ownSessionRoutes = (app: Server, options: OwnSessionRouteOptions): void => {
  const { pool } = options;
  const recorded = createRecorded(options);
  app.get(
    '/sessions',
    { config, schema: { summary: 'Where the caller is signed in', response: { 200: OwnSessionList } } },
    async (request, reply) => reply.send({ sessions: await readOwnSessions(pool, callerOf(request)) }),
  );

  app.delete(
    '/sessions/:id',
    { config, schema: { summary: 'Sign out there', params: SessionParams, response: { 200: Done } } },
    async (request, reply) => {
      const { userId, sessionId } = callerOf(request);
      const { id } = request.params;
      const end: End = (client) => endOwnSession(client, { userId, sessionId: id });
      if (!(await recorded(request, 'ended-by-owner', end))) return sendRefusal(reply, noSuchSession);
      if (id === sessionId) clearRefreshCookie(reply);
      return reply.send({ success: true });
    },
  );

  app.delete(
    '/sessions',
    { config, schema: { summary: 'Sign out everywhere, here as well', response: { 200: Done } } },
    async (request, reply) => {
      const { userId } = callerOf(request);
      const because = 'signed-out-everywhere';
      await recorded(request, because, async (client) => (await endSessions(client, { userId, because })) > 0);
      clearRefreshCookie(reply);
      return reply.send({ success: true });
    },
  );
};

/** Records what `end` ends, in its transaction; nothing when it ended nothing. */
const createRecorded =
  ({ pool, inbox }: OwnSessionRouteOptions) =>
  (request: FastifyRequest, because: Because, end: End): Promise<boolean> =>
    inTransaction(pool, async (client) => {
      if (!(await end(client))) return false;
      const { userId } = callerOf(request);
      const { correlationId, ...origin } = originOf(request);
      const event = { type: 'SessionRevoked', data: { userId, because, ...origin } } as const;
      await inbox.record({ event, actorId: userId, correlationId }, client);
      return true;
    });
