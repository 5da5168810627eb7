import { BACKWARDS, END, type Position } from '@eventstore/db-client';
import { answerWithin, type Connection } from './connection.ts';
import { readEvents } from './read-events.ts';
import { isOurs, positionOf } from './stored-form.ts';

/** Nothing of ours lies after `head` up to and including `to`, where the server has an event of its own. */
type Quiet = { readonly head: bigint; readonly to: bigint };

const smallestPage = 8;
const largestPage = 4_096;
const headMs = 15_000;

/**
 * Finds the position of the log's last event, 0 when there is none. In an idle log it lies behind ever more events of
 * the server's own; those that were seen last are remembered, so that the next look reads what is new and not all of
 * them again.
 */
export const createHeadFinder = ({ client }: Connection): (() => Promise<bigint>) => {
  let quiet: Quiet | undefined;

  const remember = (head: bigint, newest: bigint | undefined): bigint => {
    quiet = newest !== undefined && newest > head ? { head, to: newest } : undefined;
    return head;
  };

  const findHead = async (): Promise<bigint> => {
    let next: Position | typeof END = END;
    let newest: bigint | undefined;
    for (let size = smallestPage; ; size = Math.min(size * 8, largestPage)) {
      let head: bigint | undefined;
      let last: Position | undefined;
      const options = { direction: BACKWARDS, fromPosition: next, maxCount: size, requiresLeader: true } as const;
      await readEvents(client.readAll(options), (event) => {
        const position = positionOf(event);
        newest ??= position;
        last = event.position;
        if (isOurs(event.streamId)) head = position;
        else if (position === quiet?.to) head = quiet.head;
        return head === undefined ? 'more' : 'enough';
      });
      if (head !== undefined || last === undefined) return remember(head ?? 0n, newest);
      next = last;
    }
  };

  return () => answerWithin(headMs, findHead);
};
