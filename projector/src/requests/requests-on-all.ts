import { randomUUID } from 'node:crypto';
import type { Operation } from '@ims/contracts/operations/events';
import { inTransaction } from '@ims/platform/database/transaction';
import type pg from 'pg';

export type KnownProjection = { readonly name: string; readonly bySite: boolean };

type Whole = { readonly id: string; readonly operation: Operation; readonly site_id: string | null };

/**
 * Takes requests for all projections apart into one each, in the order of the projections; the whole is then
 * `running` until its parts have ended. Several projectors may try: one does it.
 */
export const takeApart = (pool: pg.Pool, projections: readonly KnownProjection[]): Promise<void> =>
  inTransaction(pool, async (client) => {
    const { rows } = await client.query<Whole>(
      `update operations.requests set state = 'running', taken_at = clock_timestamp()
       where id in (select id from operations.requests where state = 'waiting' and projection = 'all'
                    for update skip locked)
       returning id, operation, site_id`,
    );
    for (const { id, site_id } of rows) {
      const meant = projections.filter(({ bySite }) => bySite || site_id === null);
      await insertParts(client, id, meant);
    }
  });

const insertParts = async (
  client: pg.ClientBase,
  whole: string,
  projections: readonly KnownProjection[],
): Promise<void> => {
  await client.query(
    `insert into operations.requests
       (id, operation, projection, site_id, throttle, dry_run, requested_by, requested_at, part_of)
     select part.id, operation, part.projection, site_id, throttle, dry_run, requested_by,
       requested_at + part.number * interval '1 microsecond', whole.id
     from operations.requests whole, unnest($2::uuid[], $3::text[]) with ordinality as part (id, projection, number)
     where whole.id = $1`,
    [whole, projections.map(() => randomUUID()), projections.map(({ name }) => name)],
  );
};

/** Ends the requests for all projections whose parts have ended; one part that went wrong is the answer of the whole. */
export const putTogether = async (pool: pg.Pool): Promise<void> => {
  await pool.query(
    `update operations.requests whole
     set state = parts.state, answer = parts.answer, finished_at = clock_timestamp()
     from (
       select part_of,
         case when bool_or(part.state = 'failed') then 'failed' when bool_or(part.state = 'refused') then 'refused'
              else 'done' end as state,
         string_agg(part.projection || ': ' || coalesce(part.answer, ''), e'\\n' order by part.requested_at) as answer
       from operations.requests part
       where part_of in (select id from operations.requests where projection = 'all' and state = 'running')
       group by part_of
       having bool_and(part.state in ('done', 'refused', 'failed'))) as parts
     where whole.id = parts.part_of and whole.state = 'running'`,
  );
};
