import { isRefusal, refusal } from '@ims/contracts/error-codes';
import { ListUsersQuery, UserAnswer, UserList, UserParams } from '@ims/contracts/users/api';
import { sendRefusal } from '@ims/platform/http/errors';
import { callerOf } from '@ims/platform/http/route-access';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import type { Cursors } from '../interactions/cursor.ts';
import { answer, type QueryContext, readShared } from '../query-context.ts';
import { readUser, readUsers } from './read-users.ts';

export type UserRouteOptions = { readonly context: QueryContext; readonly cursors: Cursors };

const administer = { kind: 'system', action: 'system.administer' } as const;
const projections = ['users', 'access'] as const;
const pageSize = 100;
const noSuchUser = refusal('RESOURCE_NOT_FOUND', 'There is no such user');

export const userRoutes: FastifyPluginAsyncZod<UserRouteOptions> = async (app, { context, cursors }) => {
  app.get(
    '/',
    {
      config: { access: administer },
      schema: {
        tags: ['Users'],
        summary: 'Users by name, all of them or those a search finds',
        querystring: ListUsersQuery,
        response: { 200: UserList },
      },
    },
    async (request, reply) => {
      const { cursor, search = '' } = request.query;
      const binding = { siteId: '', userId: callerOf(request).userId, query: `users ${search}` };
      const place = cursor === undefined ? undefined : cursors.open(binding, cursor);
      if (isRefusal(place)) return sendRefusal(reply, place);
      const after = place && { displayName: place.keys[0] ?? '', id: place.id };
      const found = await readShared(context, { request, projections }, (snapshot) =>
        readUsers(snapshot, { search, after, limit: pageSize + 1 }),
      );
      if (isRefusal(found)) return sendRefusal(reply, found);
      const users = found.slice(0, pageSize);
      const last = found.length > pageSize ? users.at(-1) : undefined;
      const next = last && { page: (place?.page ?? 1) + 1, keys: [last.displayName], id: last.id };
      return { users, nextCursor: next ? cursors.seal(binding, next) : null };
    },
  );

  app.get(
    '/:id',
    {
      config: { access: administer },
      schema: { tags: ['Users'], summary: 'One user', params: UserParams, response: { 200: UserAnswer } },
    },
    async (request, reply) => {
      const user = await readShared(
        context,
        { request, projections },
        async (snapshot) => (await readUser(snapshot, request.params.id)) ?? noSuchUser,
      );
      return answer(reply, isRefusal(user) ? user : { user });
    },
  );
};
