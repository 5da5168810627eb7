import { isRefusal } from '@ims/contracts/error-codes';
import { siteStream } from '@ims/contracts/ids';
import { CreateSiteBody, SiteParams, SiteSaved, UpdateSiteBody } from '@ims/contracts/sites/api';
import { newRecordId } from '@ims/platform/event-log/derived-ids';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { withReservedNames } from '../command-handling/reserve-names.ts';
import { toAnswer } from './answer.ts';
import { createSite, updateSite } from './decide.ts';
import { type MemberRouteOptions, memberRoutes } from './member-routes.ts';
import { settingsRoutes } from './settings-routes.ts';
import { type Site, siteEvolution } from './site.ts';
import { createSiteCommands, type SiteCommandOptions } from './site-commands.ts';

export type SiteRouteOptions = SiteCommandOptions & Omit<MemberRouteOptions, 'commands'>;

const administerSystem = { access: { kind: 'system', action: 'system.administer' } } as const;

export const siteRoutes: FastifyPluginAsyncZod<SiteRouteOptions> = async (app, options) => {
  const { contexts, handle, replies, reservations, awaitProjection } = options;
  const commands = createSiteCommands(options);

  app.post(
    '/',
    {
      config: administerSystem,
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

  app.patch(
    '/:id',
    {
      config: administerSystem,
      schema: {
        tags: ['Sites'],
        summary: 'Rename a site, describe it, deactivate or reactivate it',
        params: SiteParams,
        body: UpdateSiteBody,
        response: { 200: SiteSaved },
      },
    },
    async (request, reply) =>
      commands.change(request, reply, {
        name: request.body.name,
        decide: (site) => updateSite(site, request.body),
        answer: (site, callerId) => ({ success: true, site: toAnswer(request.params.id, site, callerId) }),
      }),
  );

  await app.register(settingsRoutes, { commands });
  await app.register(memberRoutes, { ...options, commands, prefix: '' });
};
