import { systemStream } from '@ims/contracts/ids';
import type { CommandContext } from '../command-handling/handle-command.ts';
import type { OneAtATime } from '../command-handling/one-at-a-time.ts';
import type { ReadState } from '../command-handling/read-state.ts';
import { systemAdministrators, systemEvolution } from '../system/system.ts';
import type { People } from './people.ts';

/** Who administers the system besides one of them, as it matters for keeping the last one. */
export type OtherAdministrators = {
  readonly isAdministrator: boolean;
  /** Another administrator who can sign in; empty when there is none. */
  readonly activeOthers: ReadonlySet<string>;
};

/**
 * Whether somebody is the last active administrator stands in several streams: one says who administers, and each
 * person's own whether they can sign in. So whoever decides about it does so alone, here and in every other process.
 */
export type WithOtherAdministrators = <Result>(
  userId: string,
  context: CommandContext,
  work: (others: OtherAdministrators) => Promise<Result>,
) => Promise<Result>;

export const createWithOtherAdministrators =
  ({
    oneAtATime,
    readState,
    people,
  }: {
    readonly oneAtATime: OneAtATime;
    readonly readState: ReadState;
    readonly people: People;
  }): WithOtherAdministrators =>
  (userId, context, work) =>
    oneAtATime('administrators of the system', async () => {
      const system = await readState({ stream: systemStream, evolution: systemEvolution }, context);
      const administrators = systemAdministrators(system);
      const isAdministrator = administrators.includes(userId);
      const others = administrators.filter((id) => id !== userId);
      return work({ isAdministrator, activeOthers: await people.anyActive(isAdministrator ? others : [], context) });
    });
