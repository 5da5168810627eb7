import { isRefusal, type Refusal } from '@ims/contracts/error-codes';
import { siteStream } from '@ims/contracts/ids';
import type { SiteEvent } from '@ims/contracts/sites/events';
import { callerOf } from '@ims/platform/http/route-access';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { AwaitProjection } from '../command-handling/await-projection.ts';
import type { CommandContexts } from '../command-handling/command-context.ts';
import type { CommandReplies } from '../command-handling/command-replies.ts';
import type { Decision } from '../command-handling/decider.ts';
import type { Accepted, CommandContext, HandleCommand } from '../command-handling/handle-command.ts';
import type { Reservations } from '../command-handling/reservations.ts';
import { withReservedNames } from '../command-handling/reserve-names.ts';
import { type Site, siteEvolution } from './site.ts';

export type SiteCommandOptions = {
  readonly contexts: CommandContexts;
  readonly handle: HandleCommand;
  readonly replies: CommandReplies;
  readonly reservations: Reservations;
  readonly awaitProjection: AwaitProjection;
};

export type SiteRequest = FastifyRequest<{ Params: { id: string } }>;
export type Decide = (site: Site) => Decision<SiteEvent>;

type Change = {
  /** A name that the site is to have from now on. */
  readonly name?: string | undefined;
  readonly context?: CommandContext;
  readonly decide: Decide;
};

/** Commands on one site: carried out, and answered only when every service may act on them. */
export type SiteCommands = {
  carryOut(request: SiteRequest, change: Change): Promise<Accepted<Site> | Refusal>;
  /** Carries out, waits, marks the answer, and sends what `answer` makes of the site. */
  change(
    request: SiteRequest,
    reply: FastifyReply,
    command: Change & { readonly answer: (site: Site, callerId: string) => unknown },
  ): Promise<FastifyReply>;
};

export const createSiteCommands = (options: SiteCommandOptions): SiteCommands => {
  const { contexts, handle, replies, reservations, awaitProjection } = options;

  const carryOut: SiteCommands['carryOut'] = async (request, { name, decide, ...given }) => {
    const { id } = request.params;
    const context = given.context ?? contexts.ofRequest(request, id);
    if (isRefusal(context)) return context;
    const stream = siteStream(id);
    const names = name === undefined ? [] : [{ kind: 'site-name' as const, name }];
    const work = () => handle({ stream, evolution: siteEvolution, decide }, context);
    if (names.length === 0) return work();
    return withReservedNames(reservations, { names, holder: { stream, ...context } }, work);
  };

  return {
    carryOut,
    change: async (request, reply, { answer, ...command }) => {
      const outcome = await carryOut(request, command);
      if (isRefusal(outcome)) return replies.refuse(reply, outcome);
      const lagging = await awaitProjection('access', outcome.position);
      if (lagging) return replies.refuse(reply, lagging);
      await replies.mark(reply, outcome);
      return reply.send(answer(outcome.state, callerOf(request).userId));
    },
  };
};
