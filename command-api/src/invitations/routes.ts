import type { SiteMembership } from '@ims/contracts/auth/api';
import { AcceptInvitationBody, InvitationAnswer } from '@ims/contracts/auth/invitations';
import { LinkBody } from '@ims/contracts/auth/passwords';
import { isRefusal } from '@ims/contracts/error-codes';
import { Success } from '@ims/contracts/interactions/api';
import { timeOrderedUuid } from '@ims/platform/event-log/derived-ids';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import type { AwaitProjection } from '../command-handling/await-projection.ts';
import type { CommandReplies } from '../command-handling/command-replies.ts';
import {
  type AcceptInvitationOptions,
  createAcceptInvitation,
  endedLink,
  hasAccount,
  isRegistered,
} from './accept-invitation.ts';

export type InvitationRouteOptions = AcceptInvitationOptions & {
  readonly replies: CommandReplies;
  readonly awaitProjection: AwaitProjection;
  /** The sites that wait for somebody. */
  readonly sitesOf: (userId: string) => Promise<readonly SiteMembership[]>;
};

const isPublic = { access: { kind: 'public' }, rate: 'credentials' } as const;
const defaultTimezone = 'Europe/Brussels';

/** Registered under `/api/v1/auth/invitation`: for people who have no account yet. */
export const invitationRoutes: FastifyPluginAsyncZod<InvitationRouteOptions> = async (app, options) => {
  const { auth, contexts, people, replies, awaitProjection, sitesOf, sitesOfInvited, spentInvitations } = options;
  const accept = createAcceptInvitation(options);

  app.post(
    '/check',
    {
      config: isPublic,
      schema: { summary: 'What an invitation is for', body: LinkBody, response: { 200: InvitationAnswer } },
    },
    async (request, reply) => {
      const link = await auth.links.find('invitation', request.body.token);
      const userId = link?.userId ?? (await spentInvitations(request.body.token));
      if (userId === undefined) return replies.refuse(reply, endedLink);
      const asking = {
        ...contexts.identify(userId, timeOrderedUuid(), []),
        correlationId: request.id,
        signal: AbortSignal.timeout(10_000),
      };
      const user = await people.read(userId, asking);
      if (isRegistered(user)) return replies.refuse(reply, hasAccount);
      const isWanted = user.situation === 'invited' && (await sitesOfInvited(userId)).length > 0;
      if (!link || !isWanted) return replies.refuse(reply, endedLink);
      const sites = (await sitesOf(userId)).map(({ id, name }) => ({ id, name }));
      return reply.send({ email: user.email, sites, expiresAt: link.expiresAt.toISOString() });
    },
  );

  app.post(
    '/accept',
    {
      config: isPublic,
      schema: {
        summary: 'Make an account of an invitation; its link works once',
        body: AcceptInvitationBody,
        response: { 201: Success },
      },
    },
    async (request, reply) => {
      const { timezone = defaultTimezone, ...body } = request.body;
      const position = await accept({ ...body, timezone }, request.id);
      if (isRefusal(position)) return replies.refuse(reply, position);
      const lagging = (await awaitProjection('access', position)) ?? (await awaitProjection('users', position));
      if (lagging) return replies.refuse(reply, lagging);
      await replies.markPosition(reply, position);
      return reply.code(201).send({ success: true });
    },
  );
};
