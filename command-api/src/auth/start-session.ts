import type { SecurityInbox } from '@ims/platform/security-events/security-inbox';
import type { FastifyRequest } from 'fastify';
import type pg from 'pg';
import { readRefreshCookie } from './refresh-cookie.ts';
import { originOf } from './request-origin.ts';
import type { Sessions, SignInMethod, StartedSession } from './sessions.ts';
import { wordsForUserAgent } from './user-agent.ts';

/** Starts a session in place of the one that the browser has, and records that somebody signed in, in the transaction of `client`. */
export type StartSession = (
  start: {
    readonly userId: string;
    readonly method: SignInMethod;
    readonly remember: boolean;
    readonly request: FastifyRequest;
    /** The session that the browser had before, where its cookie cannot say so. */
    readonly replaces?: string | null;
  },
  client: pg.PoolClient,
) => Promise<StartedSession>;

export const createStartSession =
  ({ sessions, inbox }: { readonly sessions: Sessions; readonly inbox: SecurityInbox }): StartSession =>
  async ({ userId, method, remember, request, replaces }, client) => {
    const { correlationId, ...origin } = originOf(request);
    await inbox.record(
      { event: { type: 'SignInSucceeded', data: { userId, method, ...origin } }, actorId: userId, correlationId },
      client,
    );
    await sessions.endReplaced({ token: readRefreshCookie(request), sessionId: replaces }, client);
    return sessions.start({ userId, method, remember, ...wordsForUserAgent(origin.userAgent) }, client);
  };
