import type pg from 'pg';
import type { Append, AppendResult, ExpectedRevision } from './event-log.ts';

/** `bases`: all appends were written, side by side. Without it the arrays say what became of each. */
type ResultRow = {
  readonly start_head: bigint;
  readonly bases: readonly number[] | null;
  readonly outcomes: readonly AppendResult['outcome'][] | null;
  readonly found_streams: readonly (string | null)[] | null;
  readonly found_revisions: readonly number[] | null;
  readonly found_positions: readonly (bigint | null)[] | null;
  readonly request_hashes: readonly (string | null)[] | null;
};

const text = `select start_head, bases, outcomes, found_streams, found_revisions, found_positions, request_hashes
from event_log.append($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`;

/** Sends a whole flush in one round trip; the answers stand in the order of the appends. */
export const sendAppends = async (
  pool: pg.Pool | pg.PoolClient,
  appends: readonly Append[],
): Promise<readonly AppendResult[]> => {
  const { rows } = await pool.query<ResultRow>({ name: 'event_log_append', text, values: parameters(appends) });
  const row = rows[0];
  if (!row) throw new Error('The log gave no answer.');
  return row.bases ? allAppended(appends, row.start_head, row.bases) : appends.map((_, index) => resultAt(row, index));
};

const allAppended = (appends: readonly Append[], head: bigint, bases: readonly number[]): readonly AppendResult[] => {
  let position = head;
  return appends.map(({ events }, index) => {
    position += BigInt(events.length);
    return { outcome: 'appended', revision: (bases[index] ?? -1) + events.length, position };
  });
};

const resultAt = (row: ResultRow, index: number): AppendResult => {
  const outcome = row.outcomes?.[index];
  const revision = row.found_revisions?.[index] ?? -1;
  const position = row.found_positions?.[index] ?? 0n;
  switch (outcome) {
    case 'appended':
      return { outcome, revision, position };
    case 'repeated': {
      const stream = row.found_streams?.[index] ?? '';
      return { outcome, stream, revision, position, requestHash: row.request_hashes?.[index] ?? '' };
    }
    case 'conflict':
      return { outcome, actualRevision: revision };
    case undefined:
      throw new Error('The log gave no answer to an append.');
  }
};

/** Column-wise, as the function takes them: per append, per event, per key. */
const parameters = (appends: readonly Append[]): unknown[] => {
  const events = appends.flatMap((append, place) =>
    append.events.map((event, index) => ({ ...event, place: place + 1, index })),
  );
  const keys = appends.flatMap((append, place) => append.newKeys.map((key) => ({ ...key, place: place + 1 })));
  return [
    areDistinct(appends),
    appends.map(({ stream }) => stream),
    appends.map(({ expectedRevision }) => expectedNumber(expectedRevision)),
    appends.map(({ commandId }) => commandId),
    events.map(({ place }) => place),
    events.map(({ index }) => index),
    events.map(({ type }) => type),
    events.map(({ schemaVersion }) => schemaVersion),
    events.map(({ data }) => data),
    events.map(({ metadata }) => JSON.stringify(metadata)),
    keys.map(({ place }) => place),
    keys.map(({ subject }) => subject),
    keys.map(({ masterKeyId }) => masterKeyId),
    keys.map(({ wrapped }) => wrapped),
  ];
};

/** Appends to one stream, or of one command, or with one key must be judged one after the other. */
const areDistinct = (appends: readonly Append[]): boolean => {
  const subjects = appends.flatMap(({ newKeys }) => newKeys.map(({ subject }) => subject));
  return (
    new Set(appends.map(({ stream }) => stream)).size === appends.length &&
    new Set(appends.map(({ commandId }) => commandId)).size === appends.length &&
    new Set(subjects).size === subjects.length
  );
};

const expectedNumber = (expected: ExpectedRevision): number => {
  switch (expected) {
    case 'no-stream':
      return -1;
    case 'any':
      return -2;
    case 'stream-exists':
      return -3;
    default:
      // Negative numbers have a meaning of their own on the other side; no stream is ever at one of these.
      return expected < -1 ? 2_147_483_647 : expected;
  }
};
