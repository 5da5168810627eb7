import { isRefusal } from '@ims/contracts/error-codes';
import { siteStream } from '@ims/contracts/ids';
import { Success } from '@ims/contracts/interactions/api';
import { AddMemberBody, GrantRoleBody, MemberAdded, SiteMemberParams, SiteParams } from '@ims/contracts/sites/api';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import type { CommandContext } from '../command-handling/handle-command.ts';
import type { ReadState } from '../command-handling/read-state.ts';
import type { WithdrawInvitation } from '../invitations/withdraw-invitation.ts';
import type { People } from '../users/people.ts';
import { type AddMemberOptions, createAddMember } from './add-member.ts';
import { administratorsOf, changeRole, revokeRole } from './decide.ts';
import { siteEvolution } from './site.ts';
import type { Decide, SiteCommandOptions, SiteCommands } from './site-commands.ts';

export type MemberRouteOptions = SiteCommandOptions & {
  readonly commands: SiteCommands;
  readonly people: People;
  readonly readState: ReadState;
  readonly mails: AddMemberOptions['mails'];
  readonly oneAtATime: AddMemberOptions['oneAtATime'];
  readonly withdrawInvitation: WithdrawInvitation;
};

type MemberRequest = FastifyRequest<{ Params: { id: string; userId: string } }>;

const administerSite = { access: { kind: 'site', action: 'site.administer', siteFrom: 'path' } } as const;
const done = () => ({ success: true }) as const;

/** Who has which role on a site. */
export const memberRoutes: FastifyPluginAsyncZod<MemberRouteOptions> = async (app, options) => {
  const { contexts, replies, commands, people, readState, awaitProjection, withdrawInvitation } = options;
  const addMember = createAddMember(options);

  /** One of the site's other administrators who can sign in: the last one of those is kept. */
  const anotherAdministrator = async ({ params }: MemberRequest, context: CommandContext) => {
    const { id, userId } = params;
    const site = await readState({ stream: siteStream(id), evolution: siteEvolution, siteId: id }, context);
    const administrators = administratorsOf(site);
    if (!administrators.includes(userId)) return new Set<string>();
    return people.anyActive(
      administrators.filter((other) => other !== userId),
      context,
    );
  };

  const changeMember = async (
    request: MemberRequest,
    reply: FastifyReply,
    decideWith: (activeUsers: ReadonlySet<string>, context: CommandContext) => Promise<Decide>,
  ) => {
    const context = contexts.ofRequest(request, request.params.id);
    if (isRefusal(context)) return replies.refuse(reply, context);
    const decide = await decideWith(await anotherAdministrator(request, context), context);
    return commands.change(request, reply, { context, decide, answer: done });
  };

  app.post(
    '/:id/users',
    {
      config: administerSite,
      schema: {
        tags: ['Sites'],
        summary: 'Make somebody a member of the site; who has no account yet is invited by mail',
        params: SiteParams,
        body: AddMemberBody,
        response: { 200: MemberAdded },
      },
    },
    async (request, reply) => {
      const context = contexts.ofRequest(request, request.params.id);
      if (isRefusal(context)) return replies.refuse(reply, context);
      const added = await addMember({ siteId: request.params.id, ...request.body }, context);
      if (isRefusal(added)) {
        if (added.code === 'RATE_LIMITED') reply.header('retry-after', 3_600);
        return replies.refuse(reply, added);
      }
      const { userId, invited, position } = added;
      const lagging = (await awaitProjection('access', position)) ?? (await awaitProjection('users', position));
      if (lagging) return replies.refuse(reply, lagging);
      await replies.markPosition(reply, position);
      return reply.send({ success: true, userId, invited });
    },
  );

  app.put(
    '/:id/users/:userId',
    {
      config: administerSite,
      schema: {
        tags: ['Sites'],
        summary: 'Give a user a role on the site',
        params: SiteMemberParams,
        body: GrantRoleBody,
        response: { 200: Success },
      },
    },
    (request, reply) =>
      changeMember(request, reply, async (activeUsers, context) => {
        const { userId } = request.params;
        const isActive = (await people.read(userId, context)).situation === 'active';
        return (site) => changeRole(site, { userId, role: request.body.role, isActive, activeUsers });
      }),
  );

  app.delete(
    '/:id/users/:userId',
    {
      config: administerSite,
      schema: {
        tags: ['Sites'],
        summary: 'Take a user’s role on the site away; who was invited and has none left is not invited any more',
        params: SiteMemberParams,
        response: { 200: Success },
      },
    },
    async (request, reply) => {
      const { id, userId } = request.params;
      const context = contexts.ofRequest(request, id);
      if (isRefusal(context)) return replies.refuse(reply, context);
      const activeUsers = await anotherAdministrator(request, context);
      const decide: Decide = (site) => revokeRole(site, { userId, activeUsers });
      const outcome = await commands.carryOut(request, { context, decide });
      if (isRefusal(outcome)) return replies.refuse(reply, outcome);
      const revoked = await awaitProjection('access', outcome.position);
      if (revoked) return replies.refuse(reply, revoked);
      const withdrawnAt = await withdrawInvitation.whenUnwanted(userId, context);
      const lagging = withdrawnAt === undefined ? undefined : await awaitProjection('users', withdrawnAt);
      if (lagging) return replies.refuse(reply, lagging);
      await replies.mark(reply, outcome);
      if (withdrawnAt !== undefined) await replies.markPosition(reply, withdrawnAt);
      return reply.send(done());
    },
  );
};
