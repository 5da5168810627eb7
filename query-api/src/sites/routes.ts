import { isRefusal, refusal } from '@ims/contracts/error-codes';
import { SiteAnswer, SiteList, SiteMemberList, SiteParams, SiteSettingsAnswer } from '@ims/contracts/sites/api';
import { sendRefusal } from '@ims/platform/http/errors';
import { callerOf, siteOf } from '@ims/platform/http/route-access';
import type { Caller } from '@ims/platform/identity/caller';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { answer, type QueryContext, readShared, readSite } from '../query-context.ts';
import { readMembers } from './read-members.ts';
import { readSites } from './read-sites.ts';

const signedIn = { kind: 'signed-in' } as const;
const administer = { kind: 'site', action: 'site.administer', siteFrom: 'path' } as const;

const seesEverySite = ({ systemRoles }: Caller): boolean =>
  systemRoles.includes('administrator') || systemRoles.includes('auditor');

const noSite = refusal('RESOURCE_NOT_FOUND', 'There is no such site');
const noAccess = refusal('AUTHORIZATION_ERROR', 'You may not do this');

export const siteRoutes: FastifyPluginAsyncZod<{ readonly context: QueryContext }> = async (app, { context }) => {
  app.get(
    '/',
    {
      config: { access: signedIn },
      schema: {
        tags: ['Sites'],
        summary: 'The sites of the caller; system administrators and auditors see all',
        response: { 200: SiteList },
      },
    },
    async (request, reply) => {
      const caller = callerOf(request);
      const wanted = { userId: caller.userId, siteId: undefined, seesEverySite: seesEverySite(caller) };
      const sites = await readShared(context, { request, projections: ['access'] }, (snapshot) =>
        readSites(snapshot, wanted),
      );
      return answer(reply, isRefusal(sites) ? sites : { sites });
    },
  );

  app.get(
    '/:id',
    {
      config: { access: signedIn },
      schema: { tags: ['Sites'], summary: 'One site', params: SiteParams, response: { 200: SiteAnswer } },
    },
    async (request, reply) => {
      const caller = callerOf(request);
      const wanted = { userId: caller.userId, siteId: request.params.id, seesEverySite: seesEverySite(caller) };
      const sites = await readShared(context, { request, projections: ['access'] }, (snapshot) =>
        readSites(snapshot, wanted),
      );
      if (isRefusal(sites)) return sendRefusal(reply, sites);
      const [site] = sites;
      if (!site && !wanted.seesEverySite) {
        request.denied = { userId: caller.userId, siteId: request.params.id, reason: 'no-role' };
      }
      // Without the right to see every site, a foreign one and one that does not exist look the same.
      return answer(reply, site ? { site } : wanted.seesEverySite ? noSite : noAccess);
    },
  );

  app.get(
    '/:id/settings',
    {
      config: { access: administer },
      schema: {
        tags: ['Sites'],
        summary: 'What the site’s administrators decided for everybody on it',
        params: SiteParams,
        response: { 200: SiteSettingsAnswer },
      },
    },
    async (request, reply) => {
      const wanted = { userId: callerOf(request).userId, siteId: siteOf(request).id, seesEverySite: true };
      const sites = await readShared(context, { request, projections: ['access'] }, (snapshot) =>
        readSites(snapshot, wanted),
      );
      if (isRefusal(sites)) return sendRefusal(reply, sites);
      const [site] = sites;
      return answer(reply, site ? { settings: site.settings } : noSite);
    },
  );

  app.get(
    '/:id/users',
    {
      config: { access: administer },
      schema: {
        tags: ['Sites'],
        summary: 'Who has a role on the site',
        params: SiteParams,
        response: { 200: SiteMemberList },
      },
    },
    async (request, reply) => {
      const call = { request, siteId: siteOf(request).id, projections: ['access', 'users'] as const };
      const users = await readSite(context, call, readMembers);
      return answer(reply, isRefusal(users) ? users : { users, nextCursor: null });
    },
  );
};
