import type { Codec } from '@ims/platform/event-log/codec';
import type { EventLog } from '@ims/platform/event-log/event-log';
import type { MasterKey } from '@ims/platform/event-log/master-key';
import type pg from 'pg';
import type { About } from './auth/password-policy.ts';
import { type CommandContexts, createCommandContexts } from './command-handling/command-context.ts';
import { createCommandHandler, type HandleCommand } from './command-handling/handle-command.ts';
import { createReservations, type Reservations } from './command-handling/reservations.ts';
import { type CreateCredentials, createRegisterUser, type RegisterUser } from './users/register-user.ts';

/** What carries commands out, with or without HTTP in front: the routes use it, and so does whoever sets a system up. */
export type Commands = {
  readonly contexts: CommandContexts;
  readonly handle: HandleCommand;
  readonly reservations: Reservations;
  readonly registerUser: RegisterUser;
};

export const createCommands = ({
  log,
  codec,
  masterKey,
  pool,
  createCredentials,
  passwordProblems,
}: {
  readonly log: EventLog;
  readonly codec: Codec;
  readonly masterKey: MasterKey;
  readonly pool: pg.Pool;
  readonly createCredentials: CreateCredentials;
  readonly passwordProblems: (password: string, about?: About) => readonly string[];
}): Commands => {
  const handle = createCommandHandler({ log, codec });
  const reservations = createReservations({ pool, log });
  const registerUser = createRegisterUser({ handle, reservations, createCredentials, passwordProblems });
  return { contexts: createCommandContexts(masterKey), handle, reservations, registerUser };
};
