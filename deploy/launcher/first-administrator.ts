import type { Auth } from '@ims/command-api/auth/auth';
import type { Commands } from '@ims/command-api/commands';
import { grantSystemRole, systemEvolution } from '@ims/command-api/system/system';
import { isRefusal } from '@ims/contracts/error-codes';
import { systemStream } from '@ims/contracts/ids';
import { RegisterUserBody } from '@ims/contracts/users/api';
import type { EventLog } from '@ims/platform/event-log/event-log';
import { StartProblem } from './start-problem.ts';

/** Asks for what comes before there are people, and for what operators do at the machine; nobody signs in as it. */
export const founder = '00000000-0000-8000-8000-0000000000f0';

export type FirstAdministrator = { readonly username: string; readonly email: string; readonly password: string };

/** Reads who shall be the first administrator; undefined when nobody is named, a problem when half of it is. */
export const firstAdministratorFrom = (environment: NodeJS.ProcessEnv): FirstAdministrator | undefined => {
  const { IMS_ADMIN_USERNAME, IMS_ADMIN_EMAIL, IMS_ADMIN_PASSWORD } = environment;
  if (!IMS_ADMIN_USERNAME && !IMS_ADMIN_EMAIL && !IMS_ADMIN_PASSWORD) return undefined;
  if (IMS_ADMIN_USERNAME && IMS_ADMIN_EMAIL && IMS_ADMIN_PASSWORD) {
    return { username: IMS_ADMIN_USERNAME, email: IMS_ADMIN_EMAIL, password: IMS_ADMIN_PASSWORD };
  }
  throw new StartProblem('IMS_ADMIN_USERNAME, IMS_ADMIN_EMAIL and IMS_ADMIN_PASSWORD belong together: set all three.');
};

/** True while nobody administers the system, so that somebody must be named. */
export const needsAdministrator = async (log: EventLog): Promise<boolean> =>
  (await log.readStream(systemStream)).length === 0;

type People = { readonly auth: Auth; readonly commands: Commands };

export type NewAdministrator = {
  readonly username: string;
  readonly email: string;
  /** Default: the username. */
  readonly displayName?: string | undefined;
  /** Without it they can sign in once they chose one by a link. */
  readonly password?: { readonly text: string; readonly mustChange: boolean } | undefined;
};

/**
 * Makes somebody an administrator of the system; answers their id. With a `key` all of it can be asked for again, and
 * what was done before stays. The role comes last: until then another start goes on where this one ended.
 * Throws a StartProblem for what can be mended.
 */
export const createAdministrator = async (
  { auth, commands }: People,
  { password, username, email, displayName = username }: NewAdministrator,
  key?: string,
): Promise<string> => {
  const { contexts, registerUser, handle } = commands;
  const parsed = RegisterUserBody.safeParse({ username, email, displayName });
  if (!parsed.success) throw new StartProblem(`${parsed.error.issues.map(({ message }) => message).join('; ')}.`);
  const { password: _unused, ...user } = parsed.data;
  const problems = password ? auth.firstPasswordProblems(password.text, user) : [];
  if (problems.length > 0) throw new StartProblem(`${problems.join('; ')}.`);
  const context = (what: string) => ({
    ...contexts.identify(founder, key && `${key}${what}`, [key && `${key}${what}`]),
    correlationId: key ?? 'npm run admin',
    signal: AbortSignal.timeout(10_000),
  });
  const { id: userId, outcome } = await registerUser(user, context(''));
  if (isRefusal(outcome)) throw new StartProblem(`${outcome.message}.`);
  if (password) await auth.createPassword(userId, password.text, { mustChange: password.mustChange });
  const granted = await handle(
    {
      stream: systemStream,
      evolution: systemEvolution,
      decide: (system) => grantSystemRole(system, { userId, role: 'administrator' }),
    },
    context('-role'),
  );
  if (isRefusal(granted)) throw new StartProblem(`${granted.message}.`);
  return userId;
};

/** From the environment, where others may read it: the password opens nothing but its own change. */
export const createFirstAdministrator = async (
  people: People,
  { username, email, password }: FirstAdministrator,
): Promise<void> => {
  const administrator = { username, email, password: { text: password, mustChange: true } };
  try {
    await createAdministrator(people, administrator, 'first-administrator');
  } catch (error) {
    if (error instanceof StartProblem) throw new StartProblem(`IMS_ADMIN_…: ${error.message}`, { cause: error });
    throw error;
  }
};
