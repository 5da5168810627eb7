import { type Refusal, refusal } from '@ims/contracts/error-codes';
import type { LiveChange } from '@ims/contracts/interactions/api';
import { isAllowed } from '@ims/contracts/permissions';
import { callerOf, siteOf } from '@ims/platform/http/route-access';
import type { AccessReader } from '@ims/platform/identity/access';
import type { LiveSessions } from '@ims/platform/identity/live-sessions';
import type { TokenVerifier } from '@ims/platform/identity/verify-token';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { KnownStates } from '../known-states.ts';
import type { ReadState } from '../read-state.ts';
import type { SiteScope } from '../site-scope.ts';
import { type EventStream, openEventStream } from './event-stream.ts';
import type { LiveChanges, Told } from './live-changes.ts';

export type ChangesOptions = {
  readonly live: LiveChanges;
  readonly scope: SiteScope;
  readonly known: Pick<KnownStates, 'watch'>;
  readonly access: AccessReader;
  readonly verifier: TokenVerifier;
  readonly liveSessions?: LiveSessions | undefined;
};

export type Changes = {
  answer(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | Refusal>;
  /** Roles may have changed: whoever may no longer read, or has signed out, is cut off. */
  recheck(siteId: string | null): Promise<void>;
  closeAll(): void;
};

type Connection = {
  readonly userId: string;
  readonly sessionId: string | undefined;
  readonly siteId: string;
  readonly stream: EventStream;
};

const connectionsPerUser = 8;
/** Both answers are remembered for a second, so a look costs nothing where somebody else has just looked. */
const recheckMs = 1_000;
const longestTimer = 2_147_483_647;

const lastSeenOf = (request: FastifyRequest): bigint | undefined => {
  const given = request.headers['last-event-id'];
  return typeof given === 'string' && /^\d{1,18}$/.test(given) ? BigInt(given) : undefined;
};

const toldTo =
  (stream: EventStream) =>
  (told: Told): void => {
    const position = told.position.toString();
    const change: LiveChange =
      told.kind === 'reset'
        ? { event: 'reset', data: {} }
        : { event: 'interactions', data: { ids: told.ids, position } };
    stream.send({ id: position, ...change });
  };

const tooMany = refusal('RATE_LIMITED', 'Too many live connections: close a tab or a window');

/** The open live connections of this process. */
export const createChanges = ({ live, scope, known, access, verifier, liveSessions }: ChangesOptions): Changes => {
  const connections = new Set<Connection>();

  const mayRead = async ({ userId, sessionId, siteId }: Connection): Promise<boolean> => {
    const [{ active, systemRoles, site }, isLive] = await Promise.all([
      access.read(userId, siteId),
      sessionId === undefined || liveSessions === undefined || liveSessions.isLive(sessionId),
    ]);
    const siteRole = site?.active ? site.role : undefined;
    return isLive && active && isAllowed('interaction.read', { siteRole, systemRoles });
  };

  const recheck = async (siteId: string | null): Promise<void> => {
    const concerned = [...connections].filter((connection) => siteId === null || connection.siteId === siteId);
    const allowed = await Promise.all(concerned.map(mayRead));
    for (const [at, connection] of concerned.entries()) if (!allowed[at]) connection.stream.end();
  };

  const expiryOf = async (request: FastifyRequest): Promise<number> => {
    const verified = await verifier.verify(request.headers.authorization?.slice('Bearer '.length).trim() ?? '');
    return verified?.expiresAt ?? Date.now();
  };

  /** Nobody tells of a sign-out, and messages get lost: both are looked at again from time to time. */
  const watch = (connection: Connection, expiresAt: number): void => {
    const { stream } = connection;
    const expiry = setTimeout(() => stream.end(), Math.min(Math.max(expiresAt - Date.now(), 0), longestTimer));
    const checks = setInterval(() => {
      mayRead(connection).then(
        (allowed) => allowed || stream.end(),
        () => undefined,
      );
    }, recheckMs);
    stream.onClose(() => {
      clearTimeout(expiry);
      clearInterval(checks);
    });
  };

  const open = (connection: Connection, state: ReadState, lastSeen: bigint | undefined): void => {
    const { stream, siteId } = connection;
    const current = state.generations.interactions ?? 0n;
    stream.place((lastSeen ?? current).toString());
    const leave = live.join(siteId, { current, lastSeen }, toldTo(stream));
    const unwatch = known.watch(siteId, state);
    connections.add(connection);
    stream.onClose(() => {
      leave();
      unwatch();
      connections.delete(connection);
    });
  };

  return {
    answer: async (request, reply) => {
      const { userId, sessionId } = callerOf(request);
      const siteId = siteOf(request).id;
      const [expiresAt, { state }] = await Promise.all([expiryOf(request), scope.read(siteId, async () => undefined)]);
      if ([...connections].filter((connection) => connection.userId === userId).length >= connectionsPerUser) {
        reply.header('retry-after', 30);
        return tooMany;
      }
      const connection = { userId, sessionId, siteId, stream: openEventStream() };
      open(connection, state, lastSeenOf(request));
      watch(connection, expiresAt);
      request.raw.once('close', () => connection.stream.body.destroy());
      // The connection ends with the stream: a kept one would hold up a stopping server.
      reply.headers({
        'content-type': 'text/event-stream; charset=utf-8',
        'x-accel-buffering': 'no',
        connection: 'close',
      });
      return reply.send(connection.stream.body);
    },
    recheck,
    closeAll: () => {
      for (const { stream } of connections) stream.end();
    },
  };
};
