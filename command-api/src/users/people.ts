import { userStream } from '@ims/contracts/ids';
import type { CommandContext } from '../command-handling/handle-command.ts';
import type { ReadState } from '../command-handling/read-state.ts';
import { type User, userEvolution } from './user.ts';

/** People as the log knows them, for decisions that must not rest on tables that are behind. */
export type People = {
  read(userId: string, context: CommandContext): Promise<User>;
  /** One of these who can sign in, or nobody: enough to know that a last one is not the last. */
  anyActive(userIds: readonly string[], context: CommandContext): Promise<ReadonlySet<string>>;
};

export const createPeople = (readState: ReadState): People => {
  const read: People['read'] = (userId, context) =>
    readState({ stream: userStream(userId), evolution: userEvolution }, context);
  return {
    read,
    anyActive: async (userIds, context) => {
      for (const userId of userIds) {
        if ((await read(userId, context)).situation === 'active') return new Set([userId]);
      }
      return new Set();
    },
  };
};
