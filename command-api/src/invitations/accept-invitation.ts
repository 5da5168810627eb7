import { createHash } from 'node:crypto';
import { isRefusal, type Refusal, refusal } from '@ims/contracts/error-codes';
import { userStream } from '@ims/contracts/ids';
import type { Auth } from '../auth/auth.ts';
import type { CommandContexts } from '../command-handling/command-context.ts';
import type { CommandContext, HandleCommand } from '../command-handling/handle-command.ts';
import type { OneAtATime } from '../command-handling/one-at-a-time.ts';
import type { Reservations } from '../command-handling/reservations.ts';
import { withReservedNames } from '../command-handling/reserve-names.ts';
import { registerUser } from '../users/decide.ts';
import type { People } from '../users/people.ts';
import { type InvitedUser, type User, userEvolution } from '../users/user.ts';
import { invitationOf } from './invitation-lock.ts';
import type { SitesOfInvited } from './sites-of-invited.ts';
import type { SpentInvitations } from './spent-invitations.ts';

export type Acceptance = {
  readonly token: string;
  readonly username: string;
  readonly displayName: string;
  readonly timezone: string;
  readonly password: string;
};

export type AcceptInvitationOptions = {
  readonly contexts: CommandContexts;
  readonly handle: HandleCommand;
  readonly reservations: Reservations;
  readonly people: People;
  readonly oneAtATime: OneAtATime;
  readonly sitesOfInvited: SitesOfInvited;
  readonly spentInvitations: SpentInvitations;
  readonly auth: Pick<Auth, 'links' | 'setPassword' | 'firstPasswordProblems'>;
};

/** Answers the place of the registration in the log. */
export type AcceptInvitation = (acceptance: Acceptance, correlationId: string) => Promise<bigint | Refusal>;

export const endedLink = refusal(
  'RESOURCE_NOT_FOUND',
  'This invitation was used or has expired; ask whoever invited you for a new one',
);

/** For whoever has the link that the account was made by: the answer to their first try may have been lost. */
export const hasAccount = refusal('CONFLICT', 'Your account exists; sign in');

const deadlineMs = 10_000;

/**
 * Turns an invitation into an account. The link is used up last: whatever dies before leaves it as it was. Of many that
 * come with one link, one goes on at a time, so the password that is stored is that of the one who registers.
 */
export const createAcceptInvitation = (options: AcceptInvitationOptions): AcceptInvitation => {
  const { contexts, people, oneAtATime, auth, sitesOfInvited, spentInvitations } = options;

  /** The same link asks with the same command id: after a death in the middle a retry finds its own event. */
  const contextOf = (
    userId: string,
    { token, username, displayName, timezone }: Acceptance,
    correlationId: string,
  ) => ({
    ...contexts.identify(userId, createHash('sha256').update(token).digest('base64url'), [
      'accept-invitation',
      username,
      displayName,
      timezone,
    ]),
    correlationId,
    signal: AbortSignal.timeout(deadlineMs),
  });

  const accept = async (userId: string, acceptance: Acceptance, context: CommandContext) => {
    const { token, password } = acceptance;
    const user = await people.read(userId, context);
    if (!(await auth.links.find('invitation', token))) return isRegistered(user) ? hasAccount : endedLink;
    if (user.situation === 'invited' && (await sitesOfInvited(userId)).length === 0) return endedLink;
    const refused = user.situation === 'invited' ? passwordProblem(options, acceptance, user) : undefined;
    if (refused) return refused;
    const prepare = user.situation === 'invited' ? () => auth.setPassword(userId, password) : undefined;
    const outcome = await register(options, { userId, user, acceptance, context, prepare });
    if (isRefusal(outcome)) return user.situation === 'invited' ? outcome : hasAccount;
    await auth.links.use('invitation', token);
    return outcome.position;
  };

  return async (acceptance, correlationId) => {
    const link = await auth.links.find('invitation', acceptance.token);
    const userId = link?.userId ?? (await spentInvitations(acceptance.token));
    if (userId === undefined) return endedLink;
    const context = contextOf(userId, acceptance, correlationId);
    return oneAtATime(invitationOf(userId), () => accept(userId, acceptance, context));
  };
};

export const isRegistered = ({ situation }: User): boolean => situation === 'active' || situation === 'inactive';

const passwordProblem = (
  { auth }: AcceptInvitationOptions,
  { username, displayName, password }: Acceptance,
  { email }: InvitedUser,
): Refusal | undefined => {
  const details = auth
    .firstPasswordProblems(password, { username, displayName, email })
    .map((message) => ({ field: 'password', message }));
  return details[0] && refusal('VALIDATION_ERROR', details[0].message, details);
};

type Registration = {
  readonly userId: string;
  readonly user: User;
  readonly acceptance: Acceptance;
  readonly context: CommandContext;
  /** Before the event, so that nobody is ever registered without a password. */
  readonly prepare: (() => Promise<void>) | undefined;
};

const register = async (
  { handle, reservations }: AcceptInvitationOptions,
  { userId, user, acceptance, context, prepare }: Registration,
) => {
  if (user.situation === 'unknown') return endedLink;
  const { username, displayName, timezone } = acceptance;
  const stream = userStream(userId);
  const person = { username, displayName, timezone, email: user.email };
  return withReservedNames(
    reservations,
    { names: [{ kind: 'username', name: username }], holder: { stream, ...context } },
    async () => {
      await prepare?.();
      const decide = (state: User) => (state.situation === 'unknown' ? endedLink : registerUser(state, person));
      return handle({ stream, evolution: userEvolution, decide }, context);
    },
  );
};
