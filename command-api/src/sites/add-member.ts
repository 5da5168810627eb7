import { isRefusal, type Refusal, refusal } from '@ims/contracts/error-codes';
import { siteStream, streamId, userStream } from '@ims/contracts/ids';
import type { SiteRole } from '@ims/contracts/permissions';
import type { SiteEvent } from '@ims/contracts/sites/events';
import { derivedUuid, newRecordId } from '@ims/platform/event-log/derived-ids';
import type { Decision } from '../command-handling/decider.ts';
import type { CommandContext, HandleCommand } from '../command-handling/handle-command.ts';
import type { Reservations } from '../command-handling/reservations.ts';
import { withReservedNames } from '../command-handling/reserve-names.ts';
import { inviteUser } from '../users/decide.ts';
import type { People } from '../users/people.ts';
import { type RegisteredUser, type User, userEvolution } from '../users/user.ts';
import { addMember } from './decide.ts';
import { type EstablishedSite, type Site, siteEvolution } from './site.ts';

type Mailing = { readonly site: EstablishedSite; readonly actorId: string };

export type MemberMails = {
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
};

type Person = { readonly userId: string; readonly user: User; readonly position: bigint };

const deactivated = refusal('CONFLICT', 'The account with this address is deactivated', [
  { field: 'email', message: 'The account with this address is deactivated' },
]);

export const createAddMember = ({ handle, reservations, people, mails }: AddMemberOptions): AddMember => {
  /** One request, two commands: the person's stream gets an id of its own, which a retry finds again. */
  const invite = async (email: string, context: CommandContext): Promise<Person | Refusal> => {
    const userId = newRecordId(context.commandId, 'invited-user');
    const commandId = derivedUuid(context.commandId, 'invite');
    const command = { ...context, commandId, siteId: undefined, ifMatch: undefined };
    const stream = userStream(userId);
    const outcome = await withReservedNames(
      reservations,
      { names: [{ kind: 'email', name: email }], holder: { stream, ...command } },
      () => handle({ stream, evolution: userEvolution, decide: (user) => inviteUser(user, { email }) }, command),
    );
    return isRefusal(outcome) ? outcome : { userId, user: outcome.state, position: outcome.position };
  };

  const findOrInvite = async (email: string, context: CommandContext): Promise<Person | Refusal> => {
    const stream = await reservations.findStream({ kind: 'email', name: email });
    const userId = stream === undefined ? undefined : streamId(stream);
    const user = userId === undefined ? undefined : await people.read(userId, context);
    if (!userId || !user || user.situation === 'unknown') return invite(email, context);
    return user.situation === 'inactive' ? deactivated : { userId, user, position: 0n };
  };

  return async ({ siteId, email, role }, context) => {
    const person = await findOrInvite(email, context);
    if (isRefusal(person)) return person;
    const { userId, user } = person;
    const isInvited = user.situation === 'invited';
    const fact = { isMember: false };
    const decide = (site: Site): Decision<SiteEvent> => {
      fact.isMember = site.situation !== 'unknown' && site.members.has(userId);
      return addMember(site, { userId, role, isInvited });
    };
    const outcome = await handle({ stream: siteStream(siteId), evolution: siteEvolution, decide }, context);
    if (isRefusal(outcome)) return outcome;
    const site = outcome.state;
    if (site.situation === 'unknown') throw new Error(`Site ${siteId} was accepted but has no events`);
    const mailing = { site, actorId: context.actorId };
    if (user.situation === 'invited') await mails.invite({ userId, email: user.email }, mailing);
    if (user.situation === 'active' && !fact.isMember) await mails.tellAdded(user, role, mailing);
    const position = outcome.position > person.position ? outcome.position : person.position;
    return { userId, invited: isInvited, position };
  };
};
