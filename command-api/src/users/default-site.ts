import { isRefusal } from '@ims/contracts/error-codes';
import { userStream } from '@ims/contracts/ids';
import { callerOf } from '@ims/platform/http/route-access';
import type { AuthRouteOptions } from '../auth/routes.ts';
import type { CommandContexts } from '../command-handling/command-context.ts';
import type { CommandReplies } from '../command-handling/command-replies.ts';
import type { HandleCommand } from '../command-handling/handle-command.ts';
import { chooseDefaultSite } from './decide.ts';
import { userEvolution } from './user.ts';

/** The command behind `makeDefault` of the site switch: the caller's own default site. */
export const createDefaultSiteChoice =
  ({
    contexts,
    handle,
    replies,
  }: {
    readonly contexts: CommandContexts;
    readonly handle: HandleCommand;
    readonly replies: CommandReplies;
  }): AuthRouteOptions['chooseDefaultSite'] =>
  async (request, reply, siteId) => {
    const context = contexts.ofRequest(request);
    if (isRefusal(context)) return context;
    const outcome = await handle(
      {
        stream: userStream(callerOf(request).userId),
        evolution: userEvolution,
        decide: (user) => chooseDefaultSite(user, { siteId }),
      },
      context,
    );
    if (isRefusal(outcome)) return outcome;
    await replies.markPosition(reply, outcome.position);
    return undefined;
  };
