import { isRefusal, refusal } from '@ims/contracts/error-codes';
import { siteStream } from '@ims/contracts/ids';
import { Success } from '@ims/contracts/interactions/api';
import type { SiteRole } from '@ims/contracts/permissions';
import {
  CreateSiteBody,
  GrantRoleBody,
  type Site as SiteAnswer,
  SiteMemberParams,
  SiteSaved,
} from '@ims/contracts/sites/api';
import type { SiteEvent } from '@ims/contracts/sites/events';
import { newRecordId } from '@ims/platform/event-log/derived-ids';
import type { AccessReader } from '@ims/platform/identity/access';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import type { AwaitProjection } from '../command-handling/await-projection.ts';
import type { CommandContexts } from '../command-handling/command-context.ts';
import type { CommandReplies } from '../command-handling/command-replies.ts';
import type { Decision } from '../command-handling/decider.ts';
import type { HandleCommand } from '../command-handling/handle-command.ts';
import type { Reservations } from '../command-handling/reservations.ts';
import { withReservedNames } from '../command-handling/reserve-names.ts';
import { createSite, grantRole, revokeRole } from './decide.ts';
import { type Site, siteEvolution } from './site.ts';

export type SiteRouteOptions = {
  readonly contexts: CommandContexts;
  readonly handle: HandleCommand;
  readonly replies: CommandReplies;
  readonly reservations: Reservations;
  readonly awaitProjection: AwaitProjection;
  readonly access: AccessReader;
};

export const siteRoutes: FastifyPluginAsyncZod<SiteRouteOptions> = async (app, options) => {
  const { contexts, handle, replies, reservations, awaitProjection, access } = options;

  app.post(
    '/',
    {
      config: { access: { kind: 'system', action: 'system.administer' } },
      schema: {
        tags: ['Sites'],
        summary: 'Create a site; its creator becomes its administrator',
        body: CreateSiteBody,
        response: { 201: SiteSaved },
      },
    },
    async (request, reply) => {
      const context = contexts.ofRequest(request);
      if (isRefusal(context)) return replies.refuse(reply, context);
      const { name, description } = request.body;
      const { actorId: creatorId, commandId } = context;
      const id = newRecordId(commandId, 'site');
      const stream = siteStream(id);
      const decide = (site: Site) => createSite(site, { name, description, creatorId });
      const outcome = await withReservedNames(
        reservations,
        { names: [{ kind: 'site-name', name }], holder: { stream, ...context } },
        () => handle({ stream, isNew: true, evolution: siteEvolution, decide }, { ...context, siteId: id }),
      );
      if (isRefusal(outcome)) return replies.refuse(reply, outcome);
      const lagging = await awaitProjection('access', outcome.position);
      if (lagging) return replies.refuse(reply, lagging);
      await replies.mark(reply, outcome);
      reply.code(201).header('location', `/api/v1/sites/${id}`);
      return reply.send({ success: true, site: toAnswer(id, outcome.state, creatorId) });
    },
  );

  const changeMembers = async (
    request: FastifyRequest<{ Params: { id: string; userId: string } }>,
    reply: FastifyReply,
    decide: (site: Site) => Decision<SiteEvent>,
  ) => {
    const { id } = request.params;
    const context = contexts.ofRequest(request, id);
    if (isRefusal(context)) return replies.refuse(reply, context);
    const outcome = await handle({ stream: siteStream(id), evolution: siteEvolution, decide }, context);
    if (isRefusal(outcome)) return replies.refuse(reply, outcome);
    const lagging = await awaitProjection('access', outcome.position);
    if (lagging) return replies.refuse(reply, lagging);
    await replies.mark(reply, outcome);
    return reply.send({ success: true });
  };

  app.put(
    '/:id/users/:userId',
    {
      config: { access: { kind: 'site', action: 'site.administer', siteFrom: 'path' } },
      schema: {
        tags: ['Sites'],
        summary: 'Give a user a role on the site',
        params: SiteMemberParams,
        body: GrantRoleBody,
        response: { 200: Success },
      },
    },
    async (request, reply) => {
      const { userId } = request.params;
      const { active } = await access.read(userId, undefined);
      if (!active) return replies.refuse(reply, refusal('RESOURCE_NOT_FOUND', 'There is no such user'));
      return changeMembers(request, reply, (site) => grantRole(site, { userId, role: request.body.role }));
    },
  );

  app.delete(
    '/:id/users/:userId',
    {
      config: { access: { kind: 'site', action: 'site.administer', siteFrom: 'path' } },
      schema: {
        tags: ['Sites'],
        summary: 'Take a user’s role on the site away',
        params: SiteMemberParams,
        response: { 200: Success },
      },
    },
    (request, reply) => changeMembers(request, reply, (site) => revokeRole(site, { userId: request.params.userId })),
  );
};

const toAnswer = (id: string, site: Site, userId: string): SiteAnswer => {
  if (site.situation === 'unknown') throw new Error(`Site ${id} was accepted but has no events`);
  const { situation, members, interactionTypes, retiredTypes, ...rest } = site;
  const role: SiteRole | null = members.get(userId) ?? null;
  return {
    id,
    ...rest,
    active: situation === 'active',
    interactionTypes: [...interactionTypes],
    retiredTypes: [...retiredTypes],
    role,
  };
};
