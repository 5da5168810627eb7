import { isRefusal, refusal } from '@ims/contracts/error-codes';
import { systemStream } from '@ims/contracts/ids';
import type { SystemRole } from '@ims/contracts/permissions';
import { SystemRolesBody, UserParams, UserSaved } from '@ims/contracts/users/api';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import type { CommandContext } from '../command-handling/handle-command.ts';
import { setSystemRoles, systemEvolution } from '../system/system.ts';
import type { WithOtherAdministrators } from './administrators.ts';
import type { People } from './people.ts';
import type { UserCommandOptions, UserCommands } from './user-commands.ts';

export type SystemRoleRouteOptions = Pick<UserCommandOptions, 'contexts' | 'replies' | 'handle'> & {
  readonly commands: UserCommands;
  readonly people: People;
  readonly withOtherAdministrators: WithOtherAdministrators;
};

type Roles = { readonly userId: string; readonly roles: readonly SystemRole[] };

const noSuchUser = refusal('RESOURCE_NOT_FOUND', 'There is no such user');
const notRegistered = refusal('CONFLICT', 'This person was invited and has no account yet');

/** Roles over everything: they stand in one stream, which keeps their last administrator. */
export const systemRoleRoutes: FastifyPluginAsyncZod<SystemRoleRouteOptions> = async (app, options) => {
  const { contexts, replies, handle, commands, people, withOtherAdministrators } = options;

  const giveRoles = ({ userId, roles }: Roles, context: CommandContext) =>
    withOtherAdministrators(userId, context, ({ activeOthers: activeUsers }) =>
      handle(
        {
          stream: systemStream,
          evolution: systemEvolution,
          decide: (system) => setSystemRoles(system, { userId, roles, activeUsers }),
        },
        context,
      ),
    );

  app.put(
    '/:id/system-roles',
    {
      config: { access: { kind: 'system', action: 'system.administer' } },
      schema: {
        tags: ['Users'],
        summary: 'Say which roles of the system a person has from now on',
        params: UserParams,
        body: SystemRolesBody,
        response: { 200: UserSaved },
      },
    },
    async (request, reply) => {
      const context = contexts.ofRequest(request);
      if (isRefusal(context)) return replies.refuse(reply, context);
      const { id } = request.params;
      const state = await people.read(id, context);
      if (state.situation === 'unknown') return replies.refuse(reply, noSuchUser);
      if (state.situation === 'invited') return replies.refuse(reply, notRegistered);
      const outcome = await giveRoles({ userId: id, roles: request.body.roles }, context);
      return isRefusal(outcome) ? replies.refuse(reply, outcome) : commands.answer(reply, id, { ...outcome, state });
    },
  );
};
