import { isRefusal, type Refusal, refusal } from '@ims/contracts/error-codes';
import { inTransaction } from '@ims/platform/database/transaction';
import type { SecurityInbox } from '@ims/platform/security-events/security-inbox';
import type pg from 'pg';
import { newPasswordRefused } from './change-password.ts';
import { type Credentials, replacePassword } from './credentials.ts';
import { endSessions } from './end-sessions.ts';
import { hasIssuerAlone } from './issuer-alone.ts';
import type { OneTimeLinks } from './one-time-links.ts';
import type { PasswordHashing } from './password-hashing.ts';
import type { PasswordMails } from './password-mails.ts';
import type { PasswordProblems } from './password-problems.ts';
import type { People } from './people.ts';
import type { RecordPasswordChange } from './record-password-change.ts';
import { endLocks } from './sign-in-guards.ts';

export type ResetPassword = (reset: {
  readonly token: string;
  readonly newPassword: string;
  readonly correlationId: string;
}) => Promise<Refusal | undefined>;

export type ResetPasswordOptions = {
  readonly pool: pg.Pool;
  readonly credentials: Credentials;
  readonly hashing: PasswordHashing;
  readonly people: People;
  readonly oneTimeLinks: OneTimeLinks;
  readonly inbox: SecurityInbox;
  readonly mails: PasswordMails;
  readonly recordPasswordChange: RecordPasswordChange;
  readonly passwordProblems: PasswordProblems;
  readonly remembered: number;
};

const message = 'This link was used before or has expired; ask for a new one';
const linkEnded = refusal('VALIDATION_ERROR', message, [{ field: 'token', message }]);

/** By whoever has the link that was mailed: ends every session and every lock of the user. */
export const createResetPassword =
  (options: ResetPasswordOptions): ResetPassword =>
  async ({ token, newPassword, correlationId }) => {
    const { credentials, hashing, people, oneTimeLinks, recordPasswordChange } = options;
    const link = await oneTimeLinks.find('password-reset', token);
    if (!link) return linkEnded;
    const { userId } = link;
    if (await hasIssuerAlone(options.pool, userId)) return linkEnded;
    const [before, owner] = await Promise.all([credentials.ofUser(userId), people.read(userId)]);
    const refused = newPasswordRefused(await options.passwordProblems(newPassword, { about: owner, userId }));
    if (refused) return refused;
    const passwordHash = await hashing.hash(newPassword);
    const recorded = await recordPasswordChange({ userId, usedUp: token, correlationId });
    if (isRefusal(recorded)) return recorded;
    return inTransaction(options.pool, async (client) => {
      if (!(await oneTimeLinks.use('password-reset', token, client))) return linkEnded;
      // In the order in which a sign-in takes them: guard, password, session.
      await endLocksOf(options.inbox, client, { userId, because: 'password-reset', actorId: userId, correlationId });
      await replacePassword(client, { userId, passwordHash, remembered: options.remembered });
      await endSessions(client, { userId, because: 'password-reset' });
      if (before && owner) await options.mails.passwordChanged(owner, client);
      return undefined;
    });
  };

/** Ends the user's locks and records it; false when there was none. */
export const endLocksOf = async (
  inbox: SecurityInbox,
  client: pg.PoolClient,
  {
    userId,
    because,
    actorId,
    correlationId,
  }: {
    readonly userId: string;
    readonly because: 'administrator' | 'password-reset';
    readonly actorId: string;
    readonly correlationId: string;
  },
): Promise<boolean> => {
  if (!(await endLocks(client, userId))) return false;
  await inbox.record({ event: { type: 'AccountUnlocked', data: { userId, because } }, actorId, correlationId }, client);
  return true;
};
