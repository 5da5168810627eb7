import { OwnSessionList, SessionParams } from '@ims/contracts/auth/sessions';
import { refusal } from '@ims/contracts/error-codes';
import type { Server } from '@ims/platform/http/build-server';
import { sendRefusal } from '@ims/platform/http/errors';
import { callerOf } from '@ims/platform/http/route-access';
import type pg from 'pg';
import { z } from 'zod';
import { endSessions } from './end-sessions.ts';
import { endOwnSession, readOwnSessions } from './own-sessions.ts';
import { clearRefreshCookie } from './refresh-cookie.ts';

const config = { access: { kind: 'signed-in' } } as const;
const Done = z.object({ success: z.literal(true) });
const noSuchSession = refusal('RESOURCE_NOT_FOUND', 'There is no such sign-in of yours');

/** Where one is signed in, and ending it: one, or all of them with this one. */
export const ownSessionRoutes = (app: Server, { pool }: { readonly pool: pg.Pool }): void => {
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
      if (!(await endOwnSession(pool, { userId, sessionId: id }))) return sendRefusal(reply, noSuchSession);
      if (id === sessionId) clearRefreshCookie(reply);
      return reply.send({ success: true });
    },
  );

  app.delete(
    '/sessions',
    { config, schema: { summary: 'Sign out everywhere, here as well', response: { 200: Done } } },
    async (request, reply) => {
      await endSessions(pool, { userId: callerOf(request).userId, because: 'signed-out-everywhere' });
      clearRefreshCookie(reply);
      return reply.send({ success: true });
    },
  );
};
