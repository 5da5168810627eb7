import { isRefusal, type Refusal } from '@ims/contracts/error-codes';
import { siteStream, userStream } from '@ims/contracts/ids';
import { derivedUuid } from '@ims/platform/event-log/derived-ids';
import type { OneTimeLinks } from '../auth/one-time-links.ts';
import type { CommandContext, HandleCommand } from '../command-handling/handle-command.ts';
import type { OneAtATime } from '../command-handling/one-at-a-time.ts';
import type { Reservations } from '../command-handling/reservations.ts';
import { revokeRole } from '../sites/decide.ts';
import { siteEvolution } from '../sites/site.ts';
import { withdrawInvitation } from '../users/decide.ts';
import type { People } from '../users/people.ts';
import { userEvolution } from '../users/user.ts';
import { invitationOf } from './invitation-lock.ts';
import type { SitesOfInvited } from './sites-of-invited.ts';

export type WithdrawInvitation = {
  /** Of somebody who was invited and has no role left; answers the place in the log, or nothing where they stay. */
  whenUnwanted(userId: string, context: CommandContext): Promise<bigint | undefined>;
  /** With every role that waits for them; answers the place in the log and the address, or nothing where there is no invitation. */
  everywhere(
    userId: string,
    context: CommandContext,
  ): Promise<{ readonly email: string; readonly position: bigint } | Refusal | undefined>;
};

export type WithdrawInvitationOptions = {
  readonly handle: HandleCommand;
  readonly reservations: Reservations;
  readonly people: People;
  readonly oneAtATime: OneAtATime;
  readonly links: Pick<OneTimeLinks, 'end'>;
  readonly sitesOfInvited: SitesOfInvited;
};

/**
 * Whoever invites, accepts and withdraws one invitation does so alone, so nobody is withdrawn who is given a role at
 * the same moment. Links end first: a death in the middle leaves an invitation that opens nothing.
 */
export const createWithdrawInvitation = (options: WithdrawInvitationOptions): WithdrawInvitation => {
  const { people, oneAtATime, sitesOfInvited } = options;
  return {
    whenUnwanted: async (userId, context) => {
      if ((await people.read(userId, context)).situation !== 'invited') return undefined;
      return oneAtATime(invitationOf(userId), async () => {
        const { situation } = await people.read(userId, context);
        const isWanted = situation !== 'invited' || (await sitesOfInvited(userId)).length > 0;
        return isWanted ? undefined : withdraw(options, userId, context);
      });
    },
    everywhere: async (userId, context) => {
      if ((await people.read(userId, context)).situation !== 'invited') return undefined;
      return oneAtATime(invitationOf(userId), async () => {
        const user = await people.read(userId, context);
        if (user.situation !== 'invited') return undefined;
        for (const siteId of await sitesOfInvited(userId)) {
          const refused = await takeRole(options, { userId, siteId }, context);
          if (refused) return refused;
        }
        return { email: user.email, position: await withdraw(options, userId, context) };
      });
    },
  };
};

const partOf = (context: CommandContext, part: string, siteId?: string): CommandContext => ({
  ...context,
  commandId: derivedUuid(context.commandId, part),
  siteId,
  ifMatch: undefined,
});

const takeRole = async (
  { handle }: WithdrawInvitationOptions,
  { userId, siteId }: { readonly userId: string; readonly siteId: string },
  context: CommandContext,
): Promise<Refusal | undefined> => {
  const outcome = await handle(
    { stream: siteStream(siteId), evolution: siteEvolution, decide: (site) => revokeRole(site, { userId }) },
    partOf(context, `take the role on ${siteId}`, siteId),
  );
  return isRefusal(outcome) ? outcome : undefined;
};

const withdraw = async (
  { handle, reservations, links }: WithdrawInvitationOptions,
  userId: string,
  context: CommandContext,
): Promise<bigint> => {
  const stream = userStream(userId);
  await links.end('invitation', userId);
  const outcome = await handle(
    { stream, evolution: userEvolution, decide: withdrawInvitation },
    partOf(context, 'withdraw the invitation'),
  );
  if (isRefusal(outcome)) throw new Error(`${stream} could not be withdrawn: ${outcome.message}`);
  await reservations.letGo(stream);
  return outcome.position;
};
