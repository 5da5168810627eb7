import { refusal } from '@ims/contracts/error-codes';
import { userStream } from '@ims/contracts/ids';
import { newRecordId } from '@ims/platform/event-log/derived-ids';
import type { CommandContext, HandleCommand, Outcome } from '../command-handling/handle-command.ts';
import type { Reservations } from '../command-handling/reservations.ts';
import { withReservedNames } from '../command-handling/reserve-names.ts';
import { registerUser } from './decide.ts';
import { type User, userEvolution } from './user.ts';

export type NewUser = {
  readonly username: string;
  readonly email: string;
  readonly displayName: string;
  readonly timezone: string;
  /** Without it the person cannot sign in before choosing one by a link. */
  readonly password?: string;
  /** Somebody else chose the password and knows it: it opens nothing but its own change. */
  readonly mustChange?: boolean;
};

export type RegisterUser = (
  user: NewUser,
  context: CommandContext,
) => Promise<{ readonly id: string; readonly outcome: Outcome<User> }>;

export type CreateCredentials = (
  userId: string,
  password: string,
  options: { readonly mustChange: boolean },
) => Promise<void>;

/**
 * Registers a person. A password is stored before the event, so that nobody is registered with one that is lost;
 * should the event then be refused, it belongs to an id that nobody has.
 */
export const createRegisterUser =
  ({
    handle,
    reservations,
    createCredentials,
    passwordProblems,
  }: {
    readonly handle: HandleCommand;
    readonly reservations: Reservations;
    /** Keeps what is there: a repeated request must not change the password of a person who is registered. */
    readonly createCredentials: CreateCredentials;
    readonly passwordProblems: (password: string, about: Omit<NewUser, 'password' | 'mustChange'>) => readonly string[];
  }): RegisterUser =>
  async ({ password, mustChange = false, ...person }, context) => {
    const id = newRecordId(context.commandId, 'user');
    const stream = userStream(id);
    const found = password === undefined ? [] : passwordProblems(password, person);
    const problems = found.map((message) => ({ field: 'password', message }));
    if (problems[0]) return { id, outcome: refusal('VALIDATION_ERROR', problems[0].message, problems) };
    const outcome = await withReservedNames(
      reservations,
      {
        names: [
          { kind: 'username', name: person.username },
          { kind: 'email', name: person.email },
        ],
        holder: { stream, ...context },
      },
      async () => {
        if (password !== undefined) await createCredentials(id, password, { mustChange });
        return handle(
          { stream, isNew: true, evolution: userEvolution, decide: (user) => registerUser(user, person) },
          context,
        );
      },
    );
    return { id, outcome };
  };
