import type { OperationRequest } from '@ims/contracts/operations/api';
import { type RequestRow, requestColumns, toOperationRequest } from '@ims/platform/operations/read-requests';
import type { Snapshot } from '../snapshot.ts';

/** This service's connections leave times as PostgreSQL wrote them. */
type Row = Omit<RequestRow, 'requested_at' | 'finished_at'> & { requested_at: string; finished_at: string | null };

const mostShown = 50;

const toRequest = (row: Row): OperationRequest =>
  toOperationRequest({
    ...row,
    requested_at: new Date(row.requested_at),
    finished_at: row.finished_at === null ? null : new Date(row.finished_at),
  });

/** The newest first. */
export const readRequests = async (snapshot: Snapshot): Promise<OperationRequest[]> => {
  const rows = await snapshot.rows<Row>({
    text: `select ${requestColumns} from operations.requests order by requested_at desc, id desc limit $1`,
    values: [mostShown],
  });
  return rows.map(toRequest);
};

export const readRequest = async (snapshot: Snapshot, id: string): Promise<OperationRequest | undefined> => {
  const [row] = await snapshot.rows<Row>({
    text: `select ${requestColumns} from operations.requests where id = $1`,
    values: [id],
  });
  return row && toRequest(row);
};
