import { MeAnswer, SiteSwitched, SitesAnswer, SwitchSiteBody } from '@ims/contracts/auth/api';
import { ProfileSaved, UpdateProfileBody } from '@ims/contracts/auth/profile';
import { type Refusal, refusal } from '@ims/contracts/error-codes';
import type { Server } from '@ims/platform/http/build-server';
import { sendRefusal } from '@ims/platform/http/errors';
import { callerOf } from '@ims/platform/http/route-access';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import type pg from 'pg';
import { ownSessionRoutes } from './own-session-routes.ts';
import { type PasswordRouteOptions, passwordRoutes } from './password-routes.ts';
import type { SaveProfile } from './profile.ts';
import { type SessionRouteOptions, sessionRoutes } from './session-routes.ts';
import { notKnownYet } from './signed-in-answer.ts';

export type AuthRouteOptions = SessionRouteOptions &
  PasswordRouteOptions & {
    readonly pool: pg.Pool;
    readonly saveProfile: SaveProfile;
    /** Makes the site the caller's default by a command, and marks the answer with its place in the log. */
    readonly chooseDefaultSite: (
      request: FastifyRequest,
      reply: FastifyReply,
      siteId: string,
    ) => Promise<Refusal | undefined>;
  };

const signedIn = { access: { kind: 'signed-in' } } as const;
const noAccess = refusal('AUTHORIZATION_ERROR', 'You have no role on this site');

/** Registered under `/api/v1/auth`. */
export const authRoutes: FastifyPluginAsyncZod<AuthRouteOptions> = async (app, options) => {
  const { signedInUsers, chooseDefaultSite } = options;
  sessionRoutes(app, options);
  passwordRoutes(app, options);
  ownSessionRoutes(app, options);
  profileRoute(app, options);

  app.get(
    '/me',
    { config: signedIn, schema: { summary: 'The signed-in person', response: { 200: MeAnswer } } },
    async (request, reply) => {
      const user = await signedInUsers.read(callerOf(request).userId);
      return user ? reply.send({ user }) : sendRefusal(reply, notKnownYet);
    },
  );

  app.get(
    '/sites',
    { config: signedIn, schema: { summary: 'The sites the caller may enter', response: { 200: SitesAnswer } } },
    async (request, reply) => reply.send({ sites: [...(await signedInUsers.sites(callerOf(request).userId))] }),
  );

  app.post(
    '/site',
    {
      config: signedIn,
      schema: { summary: 'Enter a site', body: SwitchSiteBody, response: { 200: SiteSwitched } },
    },
    async (request, reply) => {
      const { siteId, makeDefault = false } = request.body;
      const sites = await signedInUsers.sites(callerOf(request).userId);
      const currentSite = sites.find(({ id }) => id === siteId);
      if (!currentSite) {
        request.denied = { userId: callerOf(request).userId, siteId, reason: 'no-role' };
        return sendRefusal(reply, noAccess);
      }
      const refused = makeDefault ? await chooseDefaultSite(request, reply, siteId) : undefined;
      return refused ? sendRefusal(reply, refused) : reply.send({ success: true, currentSite });
    },
  );
};

const profileRoute = (app: Server, { signedInUsers, saveProfile }: AuthRouteOptions): void => {
  app.patch(
    '/me',
    {
      config: signedIn,
      schema: {
        summary: 'Change what everybody may change about themselves',
        body: UpdateProfileBody,
        response: { 200: ProfileSaved },
      },
    },
    async (request, reply) => {
      const refused = await saveProfile(request, reply, request.body);
      if (refused) return sendRefusal(reply, refused);
      const user = await signedInUsers.read(callerOf(request).userId);
      return user ? reply.send({ success: true, user }) : sendRefusal(reply, notKnownYet);
    },
  );
};
