import type pg from 'pg';
import { createPool } from '../database/pool.ts';
import type { Append, EventLog, LoggedEvent } from '../event-log/event-log.ts';

/**
 * NEGATIVE CONTROL, never used by the product: the log as it is often written, with a plain sequence for positions
 * and no lock. Numbers are given before commits, so a reader that remembers a position steps over late commits.
 * The conformance suite must find it out.
 */
export const createNaiveEventLog = (url: string): Pick<EventLog, 'append' | 'readAll' | 'waitPast' | 'close'> => {
  const pool = createPool({ url, applicationName: 'ims-naive-log', max: 2 });
  return {
    append: async (append) => {
      const { rows } = await pool.query<{ position: bigint; revision: number }>(insertNaively(append));
      const last = rows.at(-1);
      if (!last) throw new Error('Nothing was inserted.');
      return { outcome: 'appended', revision: last.revision, position: last.position };
    },
    readAll: async (afterPosition, limit) => {
      const { rows } = await pool.query<NaiveRow>(
        'select position, stream, revision, metadata from naive_events where position > $1 order by position limit $2',
        [afterPosition, limit],
      );
      return rows.map(toLoggedEvent);
    },
    waitPast: () => new Promise((resolve) => setTimeout(resolve, 1)),
    close: () => pool.end(),
  };
};

export const naiveTable = `create table naive_events (
  position bigserial primary key,
  stream text not null,
  revision integer not null,
  metadata text not null,
  unique (stream, revision)
)`;

export const insertNaively = ({ stream, events }: Append): pg.QueryConfig => ({
  text: `insert into naive_events (stream, revision, metadata)
    select $1, coalesce((select max(revision) from naive_events where stream = $1), -1) + event.number, event.metadata
    from unnest($2::text[]) with ordinality as event(metadata, number)
    returning position, revision`,
  values: [stream, events.map(({ metadata }) => JSON.stringify(metadata))],
});

type NaiveRow = {
  readonly position: bigint;
  readonly stream: string;
  readonly revision: number;
  readonly metadata: string;
};

const toLoggedEvent = ({ position, stream, revision, metadata }: NaiveRow): LoggedEvent => ({
  type: 'NoteTaken',
  schemaVersion: 1,
  data: '{}',
  metadata: JSON.parse(metadata) as LoggedEvent['metadata'],
  metadataText: metadata,
  stream,
  revision,
  position,
});
