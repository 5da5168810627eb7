import { isRefusal, type Refusal, refusal } from '@ims/contracts/error-codes';
import { inTransaction } from '@ims/platform/database/transaction';
import type { SecurityInbox } from '@ims/platform/security-events/security-inbox';
import type { FastifyRequest } from 'fastify';
import type pg from 'pg';
import { type Credentials, type FoundCredentials, holdPassword, replacePassword } from './credentials.ts';
import { endSessions } from './end-sessions.ts';
import type { KnownDevices } from './known-devices.ts';
import type { RecordLock } from './lock-account.ts';
import type { OneTimeLinks } from './one-time-links.ts';
import type { PasswordHashing } from './password-hashing.ts';
import type { PasswordMails } from './password-mails.ts';
import type { PasswordProblems } from './password-problems.ts';
import type { People, Person } from './people.ts';
import type { RecordPasswordChange } from './record-password-change.ts';
import { originOf } from './request-origin.ts';
import { countFailure, forgetFailures, type Guarded, holdGuard } from './sign-in-guards.ts';

export type ChangePassword = (change: {
  readonly userId: string;
  /** Goes on; all others of the user end. */
  readonly sessionId: string | undefined;
  readonly currentPassword: string;
  readonly newPassword: string;
  readonly request: FastifyRequest;
}) => Promise<Refusal | undefined>;

export type ChangePasswordOptions = {
  readonly pool: pg.Pool;
  readonly credentials: Credentials;
  readonly hashing: PasswordHashing;
  readonly people: People;
  readonly devices: KnownDevices;
  readonly inbox: SecurityInbox;
  readonly mails: PasswordMails;
  readonly oneTimeLinks: OneTimeLinks;
  readonly recordLock: RecordLock;
  readonly recordPasswordChange: RecordPasswordChange;
  readonly passwordProblems: PasswordProblems;
  /** How many earlier passwords are remembered. */
  readonly remembered: number;
};

const invalid = (field: string, message: string, all: readonly string[] = [message]): Refusal =>
  refusal(
    'VALIDATION_ERROR',
    message,
    all.map((one) => ({ field, message: one })),
  );
const wrong = invalid('currentPassword', 'Current password is wrong');

export const newPasswordRefused = ([first, ...others]: readonly string[]): Refusal | undefined =>
  first === undefined ? undefined : invalid('newPassword', first, [first, ...others]);

/** By the owner, who knows the current one: as well guarded as signing in. */
export const createChangePassword =
  (options: ChangePasswordOptions): ChangePassword =>
  async ({ userId, sessionId, currentPassword, newPassword, request }) => {
    const { credentials, hashing, people, recordPasswordChange } = options;
    const [found, owner] = await Promise.all([credentials.ofUser(userId), people.read(userId)]);
    if (!found) return invalid('currentPassword', 'You have no password here; ask for a link to choose one');
    if (!(await isProven(options, { found, owner, currentPassword, request }))) return wrong;
    const refused = newPasswordRefused(await options.passwordProblems(newPassword, { about: owner, userId }));
    if (refused) return refused;
    const passwordHash = await hashing.hash(newPassword);
    const recorded = await recordPasswordChange({ userId, usedUp: found.passwordHash, correlationId: request.id });
    if (isRefusal(recorded)) return recorded;
    return inTransaction(options.pool, async (client) => {
      // Before the password, as a reset does it: two that wait for each other would both be lost.
      await options.oneTimeLinks.end('password-reset', userId, client);
      if (!(await holdPassword(client, found))) return wrong;
      await replacePassword(client, { userId, passwordHash, remembered: options.remembered });
      await endSessions(client, { userId, because: 'password-changed', except: sessionId });
      if (owner) await options.mails.passwordChanged(owner, client);
      return undefined;
    });
  };

type Proof = {
  readonly found: FoundCredentials;
  readonly owner: Person | undefined;
  readonly currentPassword: string;
  readonly request: FastifyRequest;
};

const isProven = async (
  { pool, hashing, devices, inbox, recordLock }: ChangePasswordOptions,
  { found, owner, currentPassword, request }: Proof,
): Promise<boolean> => {
  const { userId } = found;
  const guarded: Guarded = { userId, device: devices.recognize(request, userId) };
  const isRight = await hashing.verify(found.passwordHash, currentPassword);
  return inTransaction(pool, async (client) => {
    const { isLocked } = await holdGuard(client, guarded);
    if (isRight && !isLocked) {
      await forgetFailures(client, guarded);
      return true;
    }
    const { failures, lockedUntil } = await countFailure(client, guarded);
    const { correlationId, ...origin } = originOf(request);
    const reason = isLocked ? 'locked' : 'wrong-password';
    const data = { userId, method: 'password', reason, name: owner?.username ?? '', ...origin } as const;
    await inbox.record({ event: { type: 'SignInFailed', data }, actorId: userId, correlationId }, client);
    if (lockedUntil && !isLocked) {
      await recordLock(client, { userId, until: lockedUntil, failures, correlationId, isReal: true, owner });
    }
    return false;
  });
};
