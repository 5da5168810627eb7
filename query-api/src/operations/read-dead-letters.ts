import type { DeadLetter } from '@ims/contracts/operations/api';
import { isoInstant } from '../instants.ts';
import type { Snapshot } from '../snapshot.ts';

type Row = {
  id: string;
  projection: string;
  version: number;
  stream: string;
  site_id: string | null;
  position: bigint;
  revision: number;
  event_type: string;
  error: string;
  parked_at: string;
  waiting_events: number;
};

const mostShown = 500;

/** The events that are in the way now, the oldest first. */
export const readDeadLetters = async (snapshot: Snapshot): Promise<DeadLetter[]> => {
  const rows = await snapshot.rows<Row>({
    text: `select id, projection, version, stream, site_id, position, revision, event_type, error, parked_at,
                  waiting_events
           from read.dead_letters where state = 'parked' order by parked_at, id limit $1`,
    values: [mostShown],
  });
  return rows.map((row) => ({
    id: row.id,
    projection: row.projection,
    version: row.version,
    stream: row.stream,
    siteId: row.site_id,
    position: row.position.toString(),
    revision: row.revision,
    eventType: row.event_type,
    error: row.error,
    parkedAt: isoInstant(row.parked_at),
    waitingEvents: row.waiting_events,
  }));
};
