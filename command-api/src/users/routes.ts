import { isRefusal } from '@ims/contracts/error-codes';
import { RegisterUserBody, UpdateUserBody, UserParams, UserSaved } from '@ims/contracts/users/api';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import type { Name } from '../command-handling/reservations.ts';
import { updateUser } from './decide.ts';
import type { RegisterUser } from './register-user.ts';
import { type StatusRouteOptions, statusRoutes } from './status-routes.ts';
import { type SystemRoleRouteOptions, systemRoleRoutes } from './system-role-routes.ts';
import type { RegisteredUser, User } from './user.ts';
import { createUserCommands, type UserCommandOptions } from './user-commands.ts';

export type UserRouteOptions = UserCommandOptions &
  Omit<StatusRouteOptions & SystemRoleRouteOptions, 'commands'> & { readonly register: RegisterUser };

const administer = { access: { kind: 'system', action: 'system.administer' } } as const;

const namesIn = ({ username, email }: { username?: string | undefined; email?: string | undefined }): Name[] => [
  ...(username === undefined ? [] : [{ kind: 'username' as const, name: username }]),
  ...(email === undefined ? [] : [{ kind: 'email' as const, name: email }]),
];

/** Whom the mailbox of before belongs to; undefined when the address is the same, or changed by an earlier request. */
const movedFrom = (before: User | undefined, email: string): RegisteredUser | undefined =>
  before !== undefined && 'timezone' in before && before.email !== email ? before : undefined;

/** Accounts, by those who administer the system. */
export const userRoutes: FastifyPluginAsyncZod<UserRouteOptions> = async (app, options) => {
  const { contexts, register, replies, auth } = options;
  const commands = createUserCommands(options);

  app.post(
    '/',
    {
      config: administer,
      schema: {
        tags: ['Users'],
        summary:
          'Register a user, with a password to be changed at the first sign-in or with a link by mail to choose one',
        body: RegisterUserBody,
        response: { 201: UserSaved },
      },
    },
    async (request, reply) => {
      const { password, ...person } = request.body;
      const context = contexts.ofRequest(request, undefined, person);
      if (isRefusal(context)) return replies.refuse(reply, context);
      const { id, outcome } = await register(
        { ...person, ...(password ? { password, mustChange: true } : {}) },
        context,
      );
      if (isRefusal(outcome)) return replies.refuse(reply, outcome);
      reply.code(201).header('location', `/api/v1/users/${id}`);
      return commands.answer(reply, id, outcome, password ? undefined : () => auth.sendReset(id, context));
    },
  );

  app.patch(
    '/:id',
    {
      config: administer,
      schema: {
        tags: ['Users'],
        summary: 'Change a person’s names, address or time zone; those that are not named stay',
        params: UserParams,
        body: UpdateUserBody,
        response: { 200: UserSaved },
      },
    },
    async (request, reply) => {
      const context = contexts.ofRequest(request);
      if (isRefusal(context)) return replies.refuse(reply, context);
      const { body, params } = request;
      let before: User | undefined;
      const decide = (user: User) => {
        before = user;
        return updateUser(user, body);
      };
      const change = { names: namesIn(body), decide };
      const outcome = await commands.carryOut(params.id, change, context);
      if (isRefusal(outcome)) return replies.refuse(reply, outcome);
      if (body.email !== undefined) await auth.leaveAddress(params.id, movedFrom(before, body.email));
      return commands.answer(reply, params.id, outcome);
    },
  );

  await app.register(statusRoutes, { ...options, commands, prefix: '' });
  await app.register(systemRoleRoutes, { ...options, commands, prefix: '' });
};
