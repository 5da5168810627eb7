import { createHash } from 'node:crypto';
import { type Refusal, refusal } from '@ims/contracts/error-codes';
import { userStream } from '@ims/contracts/ids';
import type { UserEvent } from '@ims/contracts/users/events';
import type { CommandContexts } from '../command-handling/command-context.ts';
import type { Decision } from '../command-handling/decider.ts';
import type { HandleCommand, Outcome } from '../command-handling/handle-command.ts';
import { type User, userEvolution } from '../users/user.ts';

const deadlineMs = 10_000;
const noSuchUser: Refusal = refusal('RESOURCE_NOT_FOUND', 'There is no such user');
const deactivated: Refusal = refusal('CONFLICT', 'This account is deactivated; an administrator can let you in again');

const changePassword = (user: User): Decision<UserEvent> => {
  if (user.situation === 'unknown' || user.situation === 'invited') return noSuchUser;
  return user.situation === 'inactive' ? deactivated : [{ type: 'UserPasswordChanged', data: {} }];
};

export type PasswordChange = {
  readonly userId: string;
  /** What the change uses up, and no other change can: a link's token, the hash of the password before. */
  readonly usedUp: string;
  readonly correlationId: string;
};

/**
 * Records a change that is about to be made, so that none goes unrecorded. Whoever tries the same again, or at the
 * same time, finds it recorded.
 */
export type RecordPasswordChange = (change: PasswordChange) => Promise<Outcome<User>>;

export const createRecordPasswordChange =
  ({
    handle,
    contexts,
  }: {
    readonly handle: HandleCommand;
    readonly contexts: CommandContexts;
  }): RecordPasswordChange =>
  ({ userId, usedUp, correlationId }) => {
    const key = createHash('sha256').update(`password ${usedUp}`).digest('base64url');
    return handle(
      { stream: userStream(userId), evolution: userEvolution, decide: changePassword },
      {
        ...contexts.identify(userId, key, ['password', userId]),
        correlationId,
        signal: AbortSignal.timeout(deadlineMs),
      },
    );
  };
