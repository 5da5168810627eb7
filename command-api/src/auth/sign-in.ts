import { createHmac, hkdfSync } from 'node:crypto';
import { isRefusal, type Refusal, refusal } from '@ims/contracts/error-codes';
import type { SignInFailed } from '@ims/contracts/security/events';
import { unstorableText } from '@ims/contracts/text';
import { inTransaction } from '@ims/platform/database/transaction';
import type { MasterKey } from '@ims/platform/event-log/master-key';
import type { AccessReader } from '@ims/platform/identity/access';
import { nobody, type SecurityInbox } from '@ims/platform/security-events/security-inbox';
import type { FastifyRequest } from 'fastify';
import type pg from 'pg';
import type { z } from 'zod';
import { type Credentials, type FoundCredentials, holdPassword } from './credentials.ts';
import type { KnownDevices } from './known-devices.ts';
import type { RecordLock } from './lock-account.ts';
import type { PasswordHashing } from './password-hashing.ts';
import type { People, Person } from './people.ts';
import { originOf } from './request-origin.ts';
import type { StartedSession } from './sessions.ts';
import { countFailure, forgetFailures, type Guarded, holdGuard } from './sign-in-guards.ts';
import type { StartSession } from './start-session.ts';

export type Attempt = {
  readonly name: string;
  readonly password: string;
  readonly remember: boolean;
  readonly request: FastifyRequest;
};

/** A session for a name and password, or the one refusal for whatever is wrong with them. */
export type SignIn = (attempt: Attempt) => Promise<StartedSession | Refusal>;

export type SignInOptions = {
  readonly pool: pg.Pool;
  readonly masterKey: MasterKey;
  readonly credentials: Credentials;
  readonly hashing: PasswordHashing;
  readonly accessReader: AccessReader;
  readonly people: People;
  readonly devices: KnownDevices;
  readonly inbox: SecurityInbox;
  readonly recordLock: RecordLock;
  readonly startSession: StartSession;
};

const refused = refusal('AUTHENTICATION_ERROR', 'Username or password is wrong');

/**
 * Does the same work whatever is wrong, down to the statements and the one commit, so that neither answer nor time
 * tells: for a name that nobody has there is a hash, a guard and a lock that lead nowhere. The outcome is decided with
 * the guard's row held after the password was checked: of a hundred guesses at once only the first five count.
 */
export const createSignIn = async (options: SignInOptions): Promise<SignIn> => {
  const { pool, credentials, hashing, accessReader, people, devices } = options;
  const hashOfNobody = await hashing.hash('no one signs in with this');
  const nobodyCalled = createNobodies(options.masterKey);
  return async (attempt) => {
    const found = await credentials.find(attempt.name);
    const userId = found?.userId ?? nobodyCalled(attempt.name);
    const guarded = { userId, device: devices.recognize(attempt.request, userId) };
    const isRight = await hashing.verify(found?.passwordHash ?? hashOfNobody, attempt.password);
    const [{ active }, owner] = await Promise.all([accessReader.read(userId, undefined), people.read(userId)]);
    const checked = { attempt, guarded, found, isRight, active, owner };
    const outcome = await inTransaction(pool, (client) => decide(options, client, checked));
    if (isRefusal(outcome)) return outcome;
    if (found && hashing.isOutdated(found.passwordHash)) await credentials.hashAnew(found, attempt.password);
    return outcome;
  };
};

type Checked = {
  readonly attempt: Attempt;
  readonly guarded: Guarded;
  readonly found: FoundCredentials | undefined;
  readonly isRight: boolean;
  readonly active: boolean;
  readonly owner: Person | undefined;
};

const decide = async (
  options: SignInOptions,
  client: pg.PoolClient,
  checked: Checked,
): Promise<StartedSession | Refusal> => {
  const { attempt, guarded, found, isRight, active, owner } = checked;
  const { isLocked } = await holdGuard(client, guarded);
  const maySignIn = found !== undefined && isRight && active && !isLocked;
  if (maySignIn && (await holdPassword(client, found))) {
    await forgetFailures(client, guarded);
    const { remember, request } = attempt;
    return options.startSession({ userId: found.userId, method: 'password', remember, request }, client);
  }
  const { failures, lockedUntil } = await countFailure(client, guarded);
  await recordFailure(options.inbox, client, checked, isLocked);
  if (lockedUntil && !isLocked) {
    await options.recordLock(client, {
      userId: guarded.userId,
      until: lockedUntil,
      failures,
      correlationId: attempt.request.id,
      isReal: found !== undefined && active,
      owner,
    });
  }
  return refused;
};

const recordFailure = async (
  inbox: SecurityInbox,
  client: pg.PoolClient,
  checked: Checked,
  isLocked: boolean,
): Promise<void> => {
  const { attempt, found } = checked;
  const { correlationId, ...origin } = originOf(attempt.request);
  const data = {
    userId: found?.userId ?? null,
    method: 'password',
    reason: reasonOf(checked, isLocked),
    name: unstorableText(attempt.name) ? '' : attempt.name,
    ...origin,
  } as const;
  // Whoever typed the name, nothing shows that it was the person who has it.
  await inbox.record({ event: { type: 'SignInFailed', data }, actorId: nobody, correlationId }, client);
};

const reasonOf = ({ found, isRight, active }: Checked, isLocked: boolean): z.infer<typeof SignInFailed>['reason'] => {
  if (!found) return 'unknown';
  if (isLocked) return 'locked';
  return isRight && !active ? 'inactive' : 'wrong-password';
};

const nobodies = 1_024;

/** Ids for names that nobody has: enough of them not to wait for each other, few enough not to fill a table. */
const createNobodies = (masterKey: MasterKey): ((name: string) => string) => {
  const key = Buffer.from(hkdfSync('sha256', masterKey.bytes, '', 'ims nobodies', 32));
  return (name) => {
    const number = createHmac('sha256', key).update(name).digest().readUInt32BE() % nobodies;
    return nobody.slice(0, -4) + number.toString(16).padStart(4, '0');
  };
};
