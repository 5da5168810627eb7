import { randomUUID } from 'node:crypto';
import { isRefusal } from '@ims/contracts/error-codes';
import { userStream } from '@ims/contracts/ids';
import type { UserEvent } from '@ims/contracts/users/events';
import { testMasterKey } from '@ims/platform/testing/test-master-key';
import type pg from 'pg';
import { createCommandContexts } from '../../command-handling/command-context.ts';
import type { Decision } from '../../command-handling/decider.ts';
import type { HandleCommand } from '../../command-handling/handle-command.ts';
import { registerUser } from '../../users/decide.ts';
import { type User, userEvolution } from '../../users/user.ts';
import type { Auth } from '../auth.ts';

export const goodPassword = 'Correct-Horse-7';
export type TestPerson = { readonly id: string; readonly username: string; readonly email: string };

export type GivenPerson = {
  readonly active?: boolean;
  readonly role?: string;
  readonly systemRoles?: readonly string[];
  readonly password?: string | undefined;
};

/** Hashed once for all: it takes long by design. */
const giveGoodPassword = async (owner: pg.Pool, userId: string, hashed: string): Promise<void> => {
  await owner.query('insert into write_side.credentials (user_id, password_hash) values ($1, $2)', [userId, hashed]);
};

type Rows = TestPerson & {
  readonly active: boolean;
  readonly role: string;
  readonly systemRoles: readonly string[];
  readonly brussels: string;
};

/** What the projector would write. */
const writeRows = async (
  owner: pg.Pool,
  { id, username, email, active, role, systemRoles, brussels }: Rows,
): Promise<void> => {
  await owner.query(
    `insert into read.users_v1 (user_id, username, email, display_name, timezone, active, revision, position)
     values ($1, $2, $3, 'Émilie', 'Europe/Brussels', $4, 0, 1)`,
    [id, username, email, active],
  );
  await owner.query(
    'insert into read.access_users_v1 (user_id, active, system_roles, position) values ($1, $2, $3, 1)',
    [id, active, systemRoles],
  );
  if (role) {
    await owner.query(
      'insert into read.site_members_v1 (site_id, user_id, role, revision, position) values ($1, $2, $3, 1, 1)',
      [brussels, id, role],
    );
  }
  await owner.query(
    `insert into write_side.reservations (kind, key, stream, command_id, state)
     values ('username', $1, $3, $4, 'confirmed'), ('email', $2, $3, $4, 'confirmed')`,
    [username.normalize('NFKC').toLowerCase(), email, `user-${id}`, randomUUID()],
  );
};

type Surroundings = {
  readonly owner: pg.Pool;
  readonly auth: Auth;
  readonly brussels: string;
  readonly handle: HandleCommand;
  /** Of the good password. */
  readonly hashed: string;
};

/** A command of one person's, by that person. */
export const tell = async (
  handle: HandleCommand,
  userId: string,
  decide: (user: User) => Decision<UserEvent>,
): Promise<void> => {
  const outcome = await handle(
    { stream: userStream(userId), evolution: userEvolution, decide },
    {
      ...createCommandContexts(testMasterKey).identify(userId, undefined, [userId]),
      correlationId: 'test',
      signal: AbortSignal.timeout(10_000),
    },
  );
  if (isRefusal(outcome)) throw new Error(outcome.message);
};

export const addPerson = async (
  { owner, auth, handle, brussels, hashed }: Surroundings,
  { active = true, role = 'editor', systemRoles = [], password = goodPassword }: GivenPerson,
): Promise<TestPerson> => {
  const id = randomUUID();
  const username = `Émilie.${id.slice(0, 8)}`;
  const email = `${id.slice(0, 8)}@example.org`;
  const person = { username, email, displayName: 'Émilie', timezone: 'Europe/Brussels' };
  await tell(handle, id, (user) => registerUser(user, person));
  await writeRows(owner, { id, username, email, active, role, systemRoles, brussels });
  if (password === goodPassword) await giveGoodPassword(owner, id, hashed);
  else if (password) await auth.createPassword(id, password);
  return { id, username, email };
};
