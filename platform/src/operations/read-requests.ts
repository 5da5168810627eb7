import type { OperationRequest } from '@ims/contracts/operations/api';
import type { Operation } from '@ims/contracts/operations/events';
import type pg from 'pg';

/** The columns of `operations.requests` that make an `OperationRequest`. */
export const requestColumns =
  'id, operation, projection, site_id, version, dead_letter_id, requested_by, requested_at, state, answer, finished_at, done, total';

export type RequestRow = {
  readonly id: string;
  readonly operation: Operation;
  readonly projection: string;
  readonly site_id: string | null;
  readonly version: number | null;
  readonly dead_letter_id: string | null;
  readonly requested_by: string | null;
  readonly requested_at: Date;
  readonly state: OperationRequest['state'];
  readonly answer: string | null;
  readonly finished_at: Date | null;
  readonly done: bigint | null;
  readonly total: bigint | null;
};

export const toOperationRequest = (row: RequestRow): OperationRequest => ({
  id: row.id,
  operation: row.operation,
  projection: row.projection,
  siteId: row.site_id,
  version: row.version,
  deadLetterId: row.dead_letter_id,
  requestedBy: row.requested_by,
  requestedAt: row.requested_at.toISOString(),
  state: row.state,
  answer: row.answer,
  finishedAt: row.finished_at?.toISOString() ?? null,
  ...(row.done === null || row.total === null
    ? {}
    : { progress: { done: Number(row.done), total: Number(row.total) } }),
});

/** What became of a request; nothing when there is none of this id. */
export const readRequest = async (pool: pg.Pool, id: string): Promise<OperationRequest | undefined> => {
  const { rows } = await pool.query<RequestRow>(`select ${requestColumns} from operations.requests where id = $1`, [
    id,
  ]);
  return rows[0] && toOperationRequest(rows[0]);
};

/** A row that a verification found to differ; `key` names it, no content stands in it. */
export type FoundDifference = {
  readonly projection: string;
  readonly version: number;
  readonly table: string;
  readonly key: Readonly<Record<string, string>>;
  readonly difference: string;
};

/** In the order in which they were found. */
export const readDifferences = async (pool: pg.Pool, requestIds: readonly string[]): Promise<FoundDifference[]> => {
  const { rows } = await pool.query<FoundDifference>(
    `select projection, version, table_name as "table", row_key as key, difference
     from operations.differences where request_id = any($1) order by projection, version, request_id, number`,
    [requestIds],
  );
  return rows;
};
