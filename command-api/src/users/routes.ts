import { isRefusal } from '@ims/contracts/error-codes';
import { RegisterUserBody, type User as UserAnswer, UserSaved } from '@ims/contracts/users/api';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import type { AwaitProjection } from '../command-handling/await-projection.ts';
import type { CommandContexts } from '../command-handling/command-context.ts';
import type { CommandReplies } from '../command-handling/command-replies.ts';
import type { RegisterUser } from './register-user.ts';
import type { User } from './user.ts';

export type UserRouteOptions = {
  readonly contexts: CommandContexts;
  readonly register: RegisterUser;
  readonly replies: CommandReplies;
  readonly awaitProjection: AwaitProjection;
};

export const userRoutes: FastifyPluginAsyncZod<UserRouteOptions> = async (app, options) => {
  const { contexts, register, replies, awaitProjection } = options;

  app.post(
    '/',
    {
      config: { access: { kind: 'system', action: 'system.administer' } },
      schema: {
        tags: ['Users'],
        summary: 'Register a user with a password',
        body: RegisterUserBody,
        response: { 201: UserSaved },
      },
    },
    async (request, reply) => {
      const { password: _secret, ...person } = request.body;
      const context = contexts.ofRequest(request, undefined, person);
      if (isRefusal(context)) return replies.refuse(reply, context);
      const { password = '' } = request.body;
      const { id, outcome } = await register({ ...person, password }, context);
      if (isRefusal(outcome)) return replies.refuse(reply, outcome);
      const lagging = await awaitProjection('access', outcome.position);
      if (lagging) return replies.refuse(reply, lagging);
      await replies.mark(reply, outcome);
      reply.code(201).header('location', `/api/v1/users/${id}`);
      return reply.send({ success: true, user: toAnswer(id, outcome.state) });
    },
  );
};

const toAnswer = (id: string, user: User): UserAnswer => {
  if (user.situation === 'unknown' || user.situation === 'invited')
    throw new Error(`User ${id} was accepted but has no events`);
  const { situation, ...rest } = user;
  return {
    id,
    ...rest,
    active: situation === 'active',
    invited: false,
    lastSignInAt: null,
    lockedUntil: null,
    systemRoles: [],
  };
};
