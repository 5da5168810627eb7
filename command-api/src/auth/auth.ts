import type { PasswordPolicy } from '@ims/contracts/auth/passwords';
import type { Refusal } from '@ims/contracts/error-codes';
import { inTransaction } from '@ims/platform/database/transaction';
import type { MasterKey } from '@ims/platform/event-log/master-key';
import type { AccessReader } from '@ims/platform/identity/access';
import { PublicKeySet } from '@ims/platform/identity/key-source';
import type { SecurityInbox } from '@ims/platform/security-events/security-inbox';
import type { FastifyRequest } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import type pg from 'pg';
import { createCommandContexts } from '../command-handling/command-context.ts';
import type { HandleCommand } from '../command-handling/handle-command.ts';
import type { PublicLinks } from '../mail/links.ts';
import type { Outbox } from '../mail/outbox.ts';
import { createAfterAnswer } from './after-answer.ts';
import type { Asker } from './asker.ts';
import { createChangePassword } from './change-password.ts';
import { createCredentials, replacePassword } from './credentials.ts';
import { endSessions } from './end-sessions.ts';
import { createForgottenPasswords } from './forgotten-passwords.ts';
import { createKnownDevices } from './known-devices.ts';
import { createRecordLock } from './lock-account.ts';
import { createOneTimeLinks, type OneTimeLinks } from './one-time-links.ts';
import { createPasswordHashing, type PasswordHashing } from './password-hashing.ts';
import { type Addressee, createPasswordMails } from './password-mails.ts';
import { type About, passwordPolicyProblems, specPolicy } from './password-policy.ts';
import { createPasswordProblems, type PasswordProblems } from './password-problems.ts';
import { createPeople, type Person } from './people.ts';
import { createRecordPasswordChange } from './record-password-change.ts';
import { createResetPassword, endLocksOf } from './reset-password.ts';
import type { AuthRouteOptions } from './routes.ts';
import { createSessions, type StartedSession } from './sessions.ts';
import { createSignIn } from './sign-in.ts';
import { createSignedInUsers } from './signed-in-user.ts';
import { openSigningKeys, type SigningKeys } from './signing-keys.ts';
import { createStartSession } from './start-session.ts';

export type Auth = {
  readonly signingKeys: SigningKeys;
  /**
   * Stores a user's first password; one that is there already stays. With `mustChange` it opens nothing but its own
   * change. Throws `Overloaded` when too many wait.
   */
  readonly createPassword: (
    userId: string,
    password: string,
    options?: { readonly mustChange?: boolean },
  ) => Promise<void>;
  /** Stores a user's password in place of the one that is there, which is remembered as used. Records nothing in the log. */
  readonly setPassword: (userId: string, password: string) => Promise<void>;
  /** What a new password lacks, as sentences; with `userId` also whether it was used before (as slow as signing in). */
  readonly passwordProblems: PasswordProblems;
  /** The same for somebody who has no password yet. */
  readonly firstPasswordProblems: (password: string, about?: About) => readonly string[];
  readonly links: OneTimeLinks;
  /** Ends the user's locks and records it; false when there was none. */
  readonly unlock: (userId: string, asker: Asker) => Promise<boolean>;
  /**
   * Mails a link to choose a password: a reset (1 h), or a welcome (7 days) to somebody without one. Refused for an
   * unknown, suspended or merely invited person, and for one who has no password and an external issuer. Give `person` where the read tables may not know them yet.
   */
  readonly sendReset: (userId: string, asker: Asker, person?: Person) => Promise<Refusal | undefined>;
  /** The address of a link (1 h) that an operator hands on, for installations without mail. */
  readonly handOutReset: (userId: string, asker: Asker) => Promise<string | Refusal>;
  /** After somebody's e-mail changed: ends links in the mailbox of before, and tells that address where it is known. */
  readonly leaveAddress: (userId: string, before: Addressee | undefined) => Promise<void>;
  /** Signs the user out everywhere; `because` in a word or two, such as `deactivated`. */
  readonly endSessions: (userId: string, because: string) => Promise<number>;
  /** The session that a refresh token belongs to. */
  readonly sessionOf: (token: string) => Promise<string | undefined>;
  /** Starts a session in place of the browser’s own and records SignInSucceeded with it; give the answer's `refreshToken` to `setRefreshCookie`. */
  readonly startSession: (start: {
    readonly userId: string;
    readonly method: 'password' | 'external';
    readonly remember: boolean;
    readonly request: FastifyRequest;
    /** The session that the browser had before, where its cookie cannot say so. */
    readonly replaces?: string | null;
  }) => Promise<StartedSession>;
  /** Options of `authRoutes`, but for the commands that some routes need. */
  readonly routeOptions: Omit<AuthRouteOptions, 'chooseDefaultSite' | 'saveProfile'>;
};

export type AuthOptions = {
  /** Signs in to the database as ims_command. */
  readonly pool: pg.Pool;
  readonly masterKey: MasterKey;
  /** Not cached. */
  readonly accessReader: AccessReader;
  /** Whether the built-in demonstration accounts exist; their password does not expire. */
  readonly demo: boolean;
  readonly handle: HandleCommand;
  readonly inbox: SecurityInbox;
  readonly outbox: Outbox;
  readonly links: PublicLinks;
  /** Default: by the parameters of production. */
  readonly hashing?: PasswordHashing | undefined;
  /** Default: the profile `spec`. */
  readonly policy?: PasswordPolicy | undefined;
};

export const createAuth = async (options: AuthOptions): Promise<Auth> => {
  const { pool, masterKey, accessReader, demo, inbox, policy = specPolicy } = options;
  const signingKeys = await openSigningKeys(pool, masterKey);
  const parts = createParts(options, policy);
  const { hashing, credentials, oneTimeLinks, sessions, startSession, forgotten } = parts;
  const remembered = policy.notReusable;
  return {
    signingKeys,
    createPassword: credentials.create,
    setPassword: async (userId, password) => {
      const passwordHash = await hashing.hash(password);
      await inTransaction(pool, (client) => replacePassword(client, { userId, passwordHash, remembered }));
    },
    passwordProblems: parts.passwordProblems,
    firstPasswordProblems: (password, about) => passwordPolicyProblems(password, about, policy),
    links: oneTimeLinks,
    unlock: (userId, asker) =>
      inTransaction(pool, (client) => endLocksOf(inbox, client, { userId, because: 'administrator', ...asker })),
    sendReset: forgotten.send,
    handOutReset: forgotten.handOut,
    leaveAddress: (userId, before) =>
      inTransaction(pool, async (client) => {
        await oneTimeLinks.end('password-reset', userId, client);
        if (before) await parts.mails.emailChanged(before, client);
      }),
    endSessions: (userId, because) => endSessions(pool, { userId, because }),
    sessionOf: sessions.find,
    startSession: (start) => inTransaction(pool, (client) => startSession(start, client)),
    routeOptions: {
      pool,
      signIn: await createSignIn({ ...options, ...parts }),
      sessions,
      devices: parts.devices,
      inbox,
      changePassword: createChangePassword({ ...options, ...parts, remembered }),
      resetPassword: createResetPassword({ ...options, ...parts, remembered }),
      forgotten,
      afterAnswer: createAfterAnswer(),
      policy,
      signingKey: signingKeys.current,
      signedInUsers: createSignedInUsers(pool, { demo }),
      accessReader,
      // The demonstration's password is everybody's and does not age; one that must be changed must be there too.
      isPasswordExpired: (userId) => credentials.isExpired(userId, demo ? null : policy.expiresAfterDays),
    },
  };
};

const createParts = (options: AuthOptions, policy: PasswordPolicy) => {
  const { pool, masterKey, handle, inbox, outbox, links, hashing = createPasswordHashing() } = options;
  const credentials = createCredentials(pool, hashing);
  const oneTimeLinks = createOneTimeLinks(pool);
  const people = createPeople(pool);
  const sessions = createSessions({ pool, masterKey });
  const mails = createPasswordMails({ oneTimeLinks, outbox, links });
  return {
    hashing,
    credentials,
    oneTimeLinks,
    people,
    sessions,
    mails,
    devices: createKnownDevices(masterKey),
    startSession: createStartSession({ sessions, inbox }),
    recordLock: createRecordLock({ inbox, outbox, links }),
    recordPasswordChange: createRecordPasswordChange({ handle, contexts: createCommandContexts(masterKey) }),
    passwordProblems: createPasswordProblems({ credentials, policy }),
    forgotten: createForgottenPasswords({ pool, credentials, people, mails, inbox }),
  };
};

/** `GET /.well-known/jwks.json`: what other services verify access tokens with. */
export const keySetRoute: FastifyPluginAsyncZod<Pick<Auth, 'signingKeys'>> = async (app, { signingKeys }) => {
  app.get(
    '/.well-known/jwks.json',
    {
      config: { access: { kind: 'public' } },
      schema: { summary: 'Public keys of the access tokens', tags: ['auth'], response: { 200: PublicKeySet } },
    },
    async (_request, reply) => reply.header('cache-control', 'public, max-age=300').send(await signingKeys.keySet()),
  );
};
