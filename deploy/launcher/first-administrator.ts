import type { Commands } from '@ims/command-api/commands';
import { grantSystemRole, systemEvolution } from '@ims/command-api/system/system';
import { isRefusal } from '@ims/contracts/error-codes';
import { systemStream } from '@ims/contracts/ids';
import { RegisterUserBody } from '@ims/contracts/users/api';
import type { EventLog } from '@ims/platform/event-log/event-log';
import { StartProblem } from './start-problem.ts';

/** Asks for what comes before there are people; nobody signs in as it. */
const founder = '00000000-0000-8000-8000-0000000000f0';

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

export const createFirstAdministrator = async (
  { contexts, registerUser, handle }: Commands,
  administrator: FirstAdministrator,
): Promise<void> => {
  const parsed = RegisterUserBody.safeParse({ ...administrator, displayName: administrator.username });
  if (!parsed.success) {
    throw new StartProblem(`IMS_ADMIN_…: ${parsed.error.issues.map(({ message }) => message).join('; ')}.`);
  }
  const context = (key: string) => ({
    ...contexts.identify(founder, key, [key]),
    correlationId: key,
    signal: AbortSignal.timeout(10_000),
  });
  const { id: userId, outcome } = await registerUser(
    { ...parsed.data, password: administrator.password },
    context('first-administrator'),
  );
  if (isRefusal(outcome)) throw new StartProblem(`IMS_ADMIN_…: ${outcome.message}.`);
  const granted = await handle(
    {
      stream: systemStream,
      evolution: systemEvolution,
      decide: (system) => grantSystemRole(system, { userId, role: 'administrator' }),
    },
    context('first-administrator-role'),
  );
  if (isRefusal(granted)) throw new StartProblem(`IMS_ADMIN_…: ${granted.message}.`);
};
