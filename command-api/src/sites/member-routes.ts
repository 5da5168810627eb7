import { isRefusal } from '@ims/contracts/error-codes';
import { siteStream } from '@ims/contracts/ids';
import { Success } from '@ims/contracts/interactions/api';
import { AddMemberBody, GrantRoleBody, MemberAdded, SiteMemberParams, SiteParams } from '@ims/contracts/sites/api';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import type { CommandContext } from '../command-handling/handle-command.ts';
import type { ReadState } from '../command-handling/read-state.ts';
import type { People } from '../users/people.ts';
import { createAddMember, type MemberMails } from './add-member.ts';
import { administratorsOf, changeRole, revokeRole } from './decide.ts';
import { siteEvolution } from './site.ts';
import type { Decide, SiteCommandOptions, SiteCommands } from './site-commands.ts';

export type MemberRouteOptions = SiteCommandOptions & {
  readonly commands: SiteCommands;
  readonly people: People;
  readonly readState: ReadState;
  readonly mails: MemberMails;
};

type MemberRequest = FastifyRequest<{ Params: { id: string; userId: string } }>;

const administerSite = { access: { kind: 'site', action: 'site.administer', siteFrom: 'path' } } as const;
const done = () => ({ success: true });

/** Who has which role on a site. */
export const memberRoutes: FastifyPluginAsyncZod<MemberRouteOptions> = async (app, options) => {
  const { contexts, replies, commands, people, readState, awaitProjection } = options;
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
      if (isRefusal(added)) return replies.refuse(reply, added);
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
        summary: 'Take a user’s role on the site away',
        params: SiteMemberParams,
        response: { 200: Success },
      },
    },
    (request, reply) =>
      changeMember(request, reply, async (activeUsers) => {
        const { userId } = request.params;
        return (site) => revokeRole(site, { userId, activeUsers });
      }),
  );
};
