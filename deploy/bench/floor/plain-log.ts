import type pg from 'pg';
import type { MadeUpCommand } from '../made-up-history.ts';

export type PlainMetadata = { readonly siteId: string | undefined; readonly actorId: string; readonly at: string };

/** Writes commands as plain JSON events, in their order; returns how many events there were. */
export const recordPlainly = async (pool: pg.Pool, commands: readonly MadeUpCommand[], at: string): Promise<number> => {
  const events = commands.flatMap(({ stream, siteId, actorId, revision, events }) =>
    events.map((event, index) => ({
      ...event,
      stream,
      revision: revision + 1 + index,
      metadata: { siteId, actorId, at },
    })),
  );
  if (events.length === 0) return 0;
  await pool.query(
    `insert into floor.events (stream, revision, event_type, data, metadata)
     select * from unnest($1::text[], $2::int[], $3::text[], $4::text[], $5::text[])`,
    [
      events.map(({ stream }) => stream),
      events.map(({ revision }) => revision),
      events.map(({ type }) => type),
      events.map(({ data }) => JSON.stringify(data)),
      events.map(({ metadata }) => JSON.stringify(metadata)),
    ],
  );
  return events.length;
};
