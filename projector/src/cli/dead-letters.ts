import type pg from 'pg';
import { CliProblem, exitCodes } from './cli-problem.ts';
import { type Column, minute, number, renderTable } from './table.ts';

type Letter = {
  readonly id: string;
  readonly projection: string;
  readonly version: number;
  readonly stream: string;
  readonly siteId: string | null;
  readonly position: bigint;
  readonly revision: number;
  readonly eventType: string;
  readonly error: string;
  readonly parkedAt: Date;
  readonly waitingEvents: number;
  readonly state: 'parked' | 'resolved' | 'skipped';
  readonly settledAt: Date | null;
};

const select = `select id, projection, version, stream, site_id as "siteId", position, revision,
  event_type as "eventType", error, parked_at as "parkedAt", waiting_events as "waitingEvents", state,
  settled_at as "settledAt" from read.dead_letters`;

const columns: readonly Column<Letter>[] = [
  { title: 'ID', of: ({ id }) => id },
  { title: 'PROJECTION', of: ({ projection, version }) => `${projection} v${version}` },
  { title: 'EVENT', of: ({ eventType }) => eventType },
  { title: 'POSITION', right: true, of: ({ position }) => position.toString() },
  { title: 'WAITING', right: true, of: ({ waitingEvents }) => number(waitingEvents) },
  { title: 'PARKED', of: ({ parkedAt }) => minute(parkedAt) },
  { title: 'ERROR', of: ({ error }) => error },
];

/** The parked ones, oldest first. */
export const listDeadLetters = async (pool: pg.Pool): Promise<string> => {
  const { rows } = await pool.query<Letter>(`${select} where state = 'parked' order by parked_at, id`);
  if (rows.length === 0) return 'There are no dead letters.\n';
  return `${renderTable(columns, rows).join('\n')}\n`;
};

export const readDeadLetter = async (pool: pg.Pool, id: string): Promise<Letter> => {
  const { rows } = await pool.query<Letter>(`${select} where id = $1`, [id]);
  if (rows[0]) return rows[0];
  throw new CliProblem(`There is no dead letter ${id}.`, exitCodes.no);
};

/** Everything that is known of one. */
export const showDeadLetter = (letter: Letter): string => {
  const settled = letter.settledAt ? ` ${minute(letter.settledAt)}` : '';
  const fields: readonly (readonly [string, string])[] = [
    ['id', letter.id],
    ['projection', `${letter.projection} version ${letter.version}`],
    ['event', `${letter.eventType}, position ${letter.position}`],
    ['stream', `${letter.stream}, revision ${letter.revision}`],
    ['site', letter.siteId ?? '-'],
    ['error', letter.error],
    ['parked', minute(letter.parkedAt)],
    ['waiting behind it', number(letter.waitingEvents)],
    ['state', `${letter.state}${settled}`],
  ];
  return `${fields.map(([name, value]) => `${`${name}:`.padEnd(19)}${value}`).join('\n')}\n`;
};
