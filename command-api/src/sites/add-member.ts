import { isRefusal, type Refusal, refusal } from '@ims/contracts/error-codes';
import { siteStream, streamId, userStream } from '@ims/contracts/ids';
import type { SiteRole } from '@ims/contracts/permissions';
import type { SiteEvent } from '@ims/contracts/sites/events';
import { derivedUuid, newRecordId } from '@ims/platform/event-log/derived-ids';
import type { AwaitProjection } from '../command-handling/await-projection.ts';
import type { Decision } from '../command-handling/decider.ts';
import type { CommandContext, HandleCommand } from '../command-handling/handle-command.ts';
import type { OneAtATime } from '../command-handling/one-at-a-time.ts';
import type { Reservations } from '../command-handling/reservations.ts';
import { withReservedNames } from '../command-handling/reserve-names.ts';
import { invitationOf } from '../invitations/invitation-lock.ts';
import { inviteUser } from '../users/decide.ts';
import type { People } from '../users/people.ts';
import { type RegisteredUser, type User, userEvolution } from '../users/user.ts';
import { addMember } from './decide.ts';
import type { InvitationLimit } from './invitation-limit.ts';
import { type EstablishedSite, type Site, siteEvolution } from './site.ts';

type Mailing = { readonly site: EstablishedSite; readonly actorId: string };

export type MemberMails = {
  /** Whether an invitation may go to the address now. */
  mayInvite: InvitationLimit;
  /** Whether a link that was mailed to the person still opens their invitation. */
  hasInvitation(userId: string): Promise<boolean>;
  /** A link of which only the newest opens anything; what was mailed before ends. */
  invite(person: { readonly userId: string; readonly email: string }, mailing: Mailing): Promise<void>;
  tellAdded(person: RegisteredUser, role: SiteRole, mailing: Mailing): Promise<void>;
};

export type NewMember = { readonly siteId: string; readonly email: string; readonly role: SiteRole };
export type Added = { readonly userId: string; readonly invited: boolean; readonly position: bigint };
/** Makes the person behind an address a member: as they are, or by inviting them, once more if they were already. */
export type AddMember = (member: NewMember, context: CommandContext) => Promise<Added | Refusal>;

export type AddMemberOptions = {
  readonly handle: HandleCommand;
  readonly reservations: Reservations;
  readonly people: People;
  readonly mails: MemberMails;
  readonly oneAtATime: OneAtATime;
  readonly awaitProjection: AwaitProjection;
};

type Person = { readonly userId: string; readonly user: User; readonly position: bigint };

/** One sentence for every reason: whoever administers a site learns nothing of accounts that are not on it. */
const cannotBeAdded = refusal('CONFLICT', 'This address cannot be added; ask a system administrator', [
  { field: 'email', message: 'This address cannot be added; ask a system administrator' },
]);
const withdrawnMeanwhile = refusal('CONFLICT', 'This invitation was withdrawn just now; invite the person again');

export const createAddMember = (options: AddMemberOptions): AddMember => {
  const { oneAtATime, people } = options;
  return async (member, context) => {
    const person = await findOrInvite(options, member.email, context);
    if (isRefusal(person)) return person;
    if (person.user.situation !== 'invited') return giveRole(options, { member, person }, context);
    return oneAtATime(invitationOf(person.userId), async () => {
      const user = await people.read(person.userId, context);
      if (user.situation === 'unknown') return withdrawnMeanwhile;
      return giveRole(options, { member, person: { ...person, user } }, context);
    });
  };
};

const findOrInvite = async (
  options: AddMemberOptions,
  email: string,
  context: CommandContext,
): Promise<Person | Refusal> => {
  const { reservations, people, mails } = options;
  const stream = await reservations.findStream({ kind: 'email', name: email });
  const userId = stream === undefined ? undefined : streamId(stream);
  const user = userId === undefined ? undefined : await people.read(userId, context);
  if (user?.situation === 'inactive') return cannotBeAdded;
  if (userId && user?.situation === 'active') return { userId, user, position: 0n };
  const refused = await mails.mayInvite({ commandId: context.commandId, email, inviterId: context.actorId });
  if (refused) return refused;
  return userId && user?.situation === 'invited' ? { userId, user, position: 0n } : invite(options, email, context);
};

/** One request, two commands: the person's stream gets an id of its own, which a retry finds again. */
const invite = async (
  { handle, reservations }: AddMemberOptions,
  email: string,
  context: CommandContext,
): Promise<Person | Refusal> => {
  const userId = newRecordId(context.commandId, 'invited-user');
  const commandId = derivedUuid(context.commandId, 'invite');
  const command = { ...context, commandId, siteId: undefined, ifMatch: undefined };
  const stream = userStream(userId);
  const outcome = await withReservedNames(
    reservations,
    { names: [{ kind: 'email', name: email }], holder: { stream, ...command } },
    () => handle({ stream, evolution: userEvolution, decide: (user) => inviteUser(user, { email }) }, command),
  );
  if (isRefusal(outcome)) return outcome.code === 'CONFLICT' ? cannotBeAdded : outcome;
  return { userId, user: outcome.state, position: outcome.position };
};

/** What was done by a request before is not mailed once more, unless a death came between. */
const giveRole = async (
  { handle, awaitProjection, mails }: AddMemberOptions,
  { member, person }: { readonly member: NewMember; readonly person: Person },
  context: CommandContext,
): Promise<Added | Refusal> => {
  const { siteId, role } = member;
  const { userId, user } = person;
  const isInvited = user.situation === 'invited';
  const fact = { isMember: false };
  const decide = (site: Site): Decision<SiteEvent> => {
    fact.isMember = site.situation !== 'unknown' && site.members.has(userId);
    return addMember(site, { userId, role, isInvited });
  };
  const outcome = await handle({ stream: siteStream(siteId), evolution: siteEvolution, decide }, context);
  if (isRefusal(outcome)) return outcome;
  const { state: site, repeated } = outcome;
  if (site.situation === 'unknown') throw new Error(`Site ${siteId} was accepted but has no events`);
  const mailing = { site, actorId: context.actorId };
  if (user.situation === 'invited') {
    // The link opens nothing before the role is known, and whoever withdraws must see it.
    const lagging = await awaitProjection('access', outcome.position);
    if (lagging) return lagging;
    if (!repeated || !(await mails.hasInvitation(userId))) await mails.invite({ userId, email: user.email }, mailing);
  }
  if (user.situation === 'active' && !fact.isMember && !repeated) await mails.tellAdded(user, role, mailing);
  const position = outcome.position > person.position ? outcome.position : person.position;
  return { userId, invited: isInvited, position };
};
