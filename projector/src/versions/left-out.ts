import type { LoggedEvent } from '@ims/platform/event-log/event-log';
import type pg from 'pg';
import type { Projection } from '../runner/projection.ts';

type Letter = { readonly stream: string; readonly position: bigint; readonly state: 'parked' | 'skipped' };

/** The events that are not in the tables of a version because one of their stream is parked, or was skipped itself. */
export type LeftOut = {
  holds(event: Pick<LoggedEvent, 'stream' | 'position'>): boolean;
  readonly letters: readonly Letter[];
};

export const readLeftOut = async (client: pg.ClientBase | pg.Pool, { name, version }: Projection): Promise<LeftOut> => {
  const { rows } = await client.query<Letter>(
    `select stream, position, state from read.dead_letters
     where projection = $1 and version = $2 and state in ('parked', 'skipped') order by stream, position, state`,
    [name, version],
  );
  const parkedFrom = new Map(
    rows.filter(({ state }) => state === 'parked').map((letter) => [letter.stream, letter.position]),
  );
  const skipped = new Set(rows.filter(({ state }) => state === 'skipped').map(({ position }) => position));
  return {
    letters: rows,
    holds: ({ stream, position }) => {
      const from = parkedFrom.get(stream);
      return skipped.has(position) || (from !== undefined && position >= from);
    },
  };
};

/** True when both say the same of the events up to a position. */
export const sameUpTo = (position: bigint, one: LeftOut, other: LeftOut): boolean => {
  const said = ({ letters }: LeftOut): string =>
    letters
      .filter((letter) => letter.position <= position)
      .map((letter) => `${letter.state} ${letter.stream} ${letter.position}`)
      .join('\n');
  return said(one) === said(other);
};
