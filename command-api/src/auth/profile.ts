import type { UpdateProfileBody } from '@ims/contracts/auth/profile';
import { isRefusal, type Refusal, refusal } from '@ims/contracts/error-codes';
import { userStream } from '@ims/contracts/ids';
import type { UserEvent } from '@ims/contracts/users/events';
import { callerOf } from '@ims/platform/http/route-access';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import type { AwaitProjection } from '../command-handling/await-projection.ts';
import type { CommandContexts } from '../command-handling/command-context.ts';
import type { CommandReplies } from '../command-handling/command-replies.ts';
import type { Decision } from '../command-handling/decider.ts';
import type { HandleCommand } from '../command-handling/handle-command.ts';
import { chooseDefaultSite, updateUser } from '../users/decide.ts';
import { type User, userEvolution } from '../users/user.ts';
import type { SignedInUsers } from './signed-in-user.ts';

export type ProfileChanges = z.infer<typeof UpdateProfileBody>;

/** The command behind the profile page; resolves when the read tables show it, and marks the answer. */
export type SaveProfile = (
  request: FastifyRequest,
  reply: FastifyReply,
  changes: ProfileChanges,
) => Promise<Refusal | undefined>;

const message = 'You have no role on this site';
const noSuchSite = refusal('VALIDATION_ERROR', message, [{ field: 'defaultSiteId', message }]);

export const createProfileSaving =
  ({
    contexts,
    handle,
    replies,
    awaitProjection,
    signedInUsers,
  }: {
    readonly contexts: CommandContexts;
    readonly handle: HandleCommand;
    readonly replies: CommandReplies;
    readonly awaitProjection: AwaitProjection;
    readonly signedInUsers: SignedInUsers;
  }): SaveProfile =>
  async (request, reply, changes) => {
    const { userId } = callerOf(request);
    const { defaultSiteId } = changes;
    if (defaultSiteId && !(await signedInUsers.sites(userId)).some(({ id }) => id === defaultSiteId)) {
      return noSuchSite;
    }
    const context = contexts.ofRequest(request);
    if (isRefusal(context)) return context;
    const outcome = await handle(
      { stream: userStream(userId), evolution: userEvolution, decide: (user) => saveProfile(user, changes) },
      context,
    );
    if (isRefusal(outcome)) return outcome;
    await replies.markPosition(reply, outcome.position);
    return awaitProjection('users', outcome.position);
  };

const saveProfile = (user: User, { displayName, timezone, defaultSiteId }: ProfileChanges): Decision<UserEvent> => {
  const updated = updateUser(user, { displayName, timezone });
  if (isRefusal(updated) || defaultSiteId === undefined) return updated;
  const chosen = chooseDefaultSite(user, { siteId: defaultSiteId });
  return isRefusal(chosen) ? chosen : [...updated, ...chosen];
};
