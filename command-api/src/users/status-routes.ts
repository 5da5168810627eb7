import { isRefusal, refusal } from '@ims/contracts/error-codes';
import { Success } from '@ims/contracts/interactions/api';
import { UserParams, UserSaved } from '@ims/contracts/users/api';
import type { FastifyReply } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import type { Auth } from '../auth/auth.ts';
import type { Accepted, CommandContext } from '../command-handling/handle-command.ts';
import type { WithdrawInvitation } from '../invitations/withdraw-invitation.ts';
import type { WithOtherAdministrators } from './administrators.ts';
import { deactivateUser, reactivateUser } from './decide.ts';
import type { People } from './people.ts';
import type { User } from './user.ts';
import type { UserCommandOptions, UserCommands, UserRequest } from './user-commands.ts';

export type StatusRouteOptions = Pick<UserCommandOptions, 'contexts' | 'replies'> & {
  readonly commands: UserCommands;
  readonly people: People;
  readonly auth: Pick<Auth, 'unlock' | 'sendReset' | 'endSessions' | 'leaveAddress' | 'links'>;
  readonly withOtherAdministrators: WithOtherAdministrators;
  readonly withdrawInvitation: WithdrawInvitation;
};

const administer = { access: { kind: 'system', action: 'system.administer' } } as const;
const noSuchUser = refusal('RESOURCE_NOT_FOUND', 'There is no such user');

/** Whether a person can sign in. */
export const statusRoutes: FastifyPluginAsyncZod<StatusRouteOptions> = async (app, options) => {
  const { contexts, replies, commands, people, auth, withOtherAdministrators, withdrawInvitation } = options;

  const deactivate = (id: string, context: CommandContext) =>
    withOtherAdministrators(id, context, async ({ isAdministrator, activeOthers }) => {
      const leavesNoAdministrator = isAdministrator && activeOthers.size === 0;
      const isOneself = id === context.actorId;
      const decide = (user: Parameters<typeof deactivateUser>[0]) =>
        deactivateUser(user, { isOneself, leavesNoAdministrator });
      return commands.carryOut(id, { decide }, context);
    });

  /** A request that comes again may come after others: its answer and what it does follow what they left. */
  const asItIsNow = async (id: string, accepted: Accepted<User>, context: CommandContext): Promise<Accepted<User>> =>
    accepted.repeated ? { ...accepted, state: await people.read(id, context) } : accepted;

  const endWaysIn = async (id: string): Promise<void> => {
    await auth.endSessions(id, 'deactivated');
    await auth.links.end('password-reset', id);
  };

  const status = (summary: string, response: typeof UserSaved | typeof Success) => ({
    config: administer,
    schema: { tags: ['Users'], summary, params: UserParams, response: { 200: response } },
  });

  app.post(
    '/:id/deactivate',
    status('End a person’s way in, everywhere and at once; who was only invited is nobody again', UserSaved),
    async (request, reply) => {
      const context = contexts.ofRequest(request);
      if (isRefusal(context)) return replies.refuse(reply, context);
      const { id } = request.params;
      const withdrawn = await withdrawInvitation.everywhere(id, context);
      if (withdrawn) return commands.answerWithdrawn(reply, id, withdrawn);
      const outcome = await deactivate(id, context);
      if (isRefusal(outcome)) return replies.refuse(reply, outcome);
      const accepted = await asItIsNow(id, outcome, context);
      if (accepted.state.situation !== 'inactive') return commands.answer(reply, id, accepted);
      await endWaysIn(id);
      // Until the read tables know, somebody with the right password still came in.
      return commands.answer(reply, id, accepted, () => endWaysIn(id));
    },
  );

  app.post('/:id/reactivate', status('Let a deactivated person in again', UserSaved), async (request, reply) => {
    const context = contexts.ofRequest(request);
    if (isRefusal(context)) return replies.refuse(reply, context);
    const { id } = request.params;
    // A sign-in that was under way while the account was deactivated may have left a session behind.
    if ((await people.read(id, context)).situation === 'inactive') await endWaysIn(id);
    const outcome = await commands.carryOut(id, { decide: reactivateUser }, context);
    if (isRefusal(outcome)) return replies.refuse(reply, outcome);
    return commands.answer(reply, id, await asItIsNow(id, outcome, context));
  });

  /** For what is not decided by a person's stream: somebody who was never registered is nobody here. */
  const forRegistered = async (
    request: UserRequest,
    reply: FastifyReply,
    work: (id: string, context: CommandContext) => Promise<FastifyReply>,
  ): Promise<FastifyReply> => {
    const context = contexts.ofRequest(request);
    if (isRefusal(context)) return replies.refuse(reply, context);
    const { situation } = await people.read(request.params.id, context);
    return situation === 'unknown' ? replies.refuse(reply, noSuchUser) : work(request.params.id, context);
  };

  app.post('/:id/unlock', status('End the lock after too many wrong passwords', Success), async (request, reply) =>
    forRegistered(request, reply, async (id, { actorId, correlationId }) => {
      await auth.unlock(id, { actorId, correlationId });
      return reply.send({ success: true });
    }),
  );

  app.post('/:id/send-reset', status('Mail a person a link to choose a password', Success), async (request, reply) =>
    forRegistered(request, reply, async (id, { actorId, correlationId }) => {
      const refused = await auth.sendReset(id, { actorId, correlationId });
      return refused ? replies.refuse(reply, refused) : reply.send({ success: true });
    }),
  );
};
