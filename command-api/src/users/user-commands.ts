import { isRefusal, type Refusal } from '@ims/contracts/error-codes';
import { userStream } from '@ims/contracts/ids';
import type { User as UserAnswer } from '@ims/contracts/users/api';
import type { UserEvent } from '@ims/contracts/users/events';
import type { AccessReader } from '@ims/platform/identity/access';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { AwaitProjection } from '../command-handling/await-projection.ts';
import type { CommandContexts } from '../command-handling/command-context.ts';
import type { CommandReplies } from '../command-handling/command-replies.ts';
import type { Decision } from '../command-handling/decider.ts';
import type { Accepted, CommandContext, HandleCommand } from '../command-handling/handle-command.ts';
import type { Name, Reservations } from '../command-handling/reservations.ts';
import { withReservedNames } from '../command-handling/reserve-names.ts';
import type { ReadSignInFacts } from './sign-in-facts.ts';
import { type User, userEvolution } from './user.ts';

export type UserCommandOptions = {
  readonly contexts: CommandContexts;
  readonly handle: HandleCommand;
  readonly replies: CommandReplies;
  readonly reservations: Reservations;
  readonly awaitProjection: AwaitProjection;
  readonly accessReader: AccessReader;
  readonly readSignInFacts: ReadSignInFacts;
};

export type UserRequest = FastifyRequest<{ Params: { id: string } }>;

export type Change = {
  /** Names that the person is to have from now on. */
  readonly names?: readonly Name[];
  readonly decide: (user: User) => Decision<UserEvent>;
};

/** Commands on one person. */
export type UserCommands = {
  carryOut(userId: string, change: Change, context: CommandContext): Promise<Accepted<User> | Refusal>;
  /** Answers with the person once names and roles are known everywhere. */
  answer(
    reply: FastifyReply,
    userId: string,
    accepted: Accepted<User>,
    /** What must not happen before the read tables know of the change. */
    afterwards?: () => Promise<unknown>,
  ): Promise<FastifyReply>;
  /** Answers with somebody whose invitation is no more, as they were. */
  answerWithdrawn(
    reply: FastifyReply,
    userId: string,
    withdrawn: { readonly email: string; readonly position: bigint } | Refusal,
  ): Promise<FastifyReply>;
};

export const createUserCommands = (options: UserCommandOptions): UserCommands => {
  const { handle, replies, reservations, awaitProjection, accessReader, readSignInFacts } = options;
  return {
    carryOut: (userId, { names = [], decide }, context) => {
      const stream = userStream(userId);
      const work = () => handle({ stream, evolution: userEvolution, decide }, context);
      if (names.length === 0) return work();
      return withReservedNames(reservations, { names, holder: { stream, ...context } }, work);
    },
    answer: async (reply, userId, accepted, afterwards) => {
      const { position, state } = accepted;
      const lagging = (await awaitProjection('access', position)) ?? (await awaitProjection('users', position));
      if (lagging) return replies.refuse(reply, lagging);
      await afterwards?.();
      const [{ systemRoles }, facts] = await Promise.all([
        accessReader.read(userId, undefined),
        readSignInFacts(userId),
      ]);
      await replies.mark(reply, accepted);
      return reply.send({
        success: true,
        user: { ...toAnswer(userId, state), ...facts, systemRoles: [...systemRoles] },
      });
    },
    answerWithdrawn: async (reply, id, withdrawn) => {
      if (isRefusal(withdrawn)) return replies.refuse(reply, withdrawn);
      const { email, position } = withdrawn;
      const lagging = (await awaitProjection('access', position)) ?? (await awaitProjection('users', position));
      if (lagging) return replies.refuse(reply, lagging);
      await replies.markPosition(reply, position);
      return reply.send({ success: true, user: { ...nobodyKnown, id, email, displayName: email } });
    },
  };
};

const nobodyKnown: Omit<UserAnswer, 'id' | 'email' | 'displayName'> = {
  username: '',
  timezone: 'UTC',
  active: false,
  invited: false,
  lastSignInAt: null,
  lockedUntil: null,
  systemRoles: [],
  defaultSiteId: null,
};

type FromStream = Omit<UserAnswer, 'systemRoles' | 'lastSignInAt' | 'lockedUntil'>;

const toAnswer = (id: string, user: User): FromStream => {
  if (user.situation === 'unknown' || user.situation === 'invited') {
    throw new Error(`User ${id} was accepted but is not registered`);
  }
  const { situation, ...rest } = user;
  return { id, ...rest, active: situation === 'active', invited: false };
};
