import {
  InteractionTypesBody,
  SiteParams,
  SiteSaved,
  SiteSettingsAnswer,
  UpdateSettingsBody,
} from '@ims/contracts/sites/api';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { toAnswer } from './answer.ts';
import { changeInteractionTypes, changeSettings } from './decide-settings.ts';
import type { SiteCommands } from './site-commands.ts';

const administerSite = { access: { kind: 'site', action: 'site.administer', siteFrom: 'path' } } as const;

/** What a site's administrator decides for everybody on it. */
export const settingsRoutes: FastifyPluginAsyncZod<{ readonly commands: SiteCommands }> = async (app, { commands }) => {
  app.patch(
    '/:id/settings',
    {
      config: administerSite,
      schema: {
        tags: ['Sites'],
        summary: 'Change settings of a site; those that are not named stay',
        params: SiteParams,
        body: UpdateSettingsBody,
        response: { 200: SiteSettingsAnswer },
      },
    },
    async (request, reply) =>
      commands.change(request, reply, {
        decide: (site) => changeSettings(site, request.body),
        answer: (site, callerId) => ({ settings: toAnswer(request.params.id, site, callerId).settings }),
      }),
  );

  app.put(
    '/:id/interaction-types',
    {
      config: administerSite,
      schema: {
        tags: ['Sites'],
        summary: 'The types that the site offers, in their order; those that were offered before are retired',
        params: SiteParams,
        body: InteractionTypesBody,
        response: { 200: SiteSaved },
      },
    },
    async (request, reply) =>
      commands.change(request, reply, {
        decide: (site) => changeInteractionTypes(site, request.body),
        answer: (site, callerId) => ({ success: true, site: toAnswer(request.params.id, site, callerId) }),
      }),
  );
};
