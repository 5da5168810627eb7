import { randomUUID } from 'node:crypto';
import { eventIdFor } from '../event-log/derived-ids.ts';
import type { Append, ExpectedRevision, StoredEvent } from '../event-log/event-log.ts';

/** Events as a codec would hand them to the log, with content that does not matter. */
export const storedEvents = (commandId: string, count: number, data = '{"note":"é"}'): StoredEvent[] =>
  Array.from({ length: count }, (_, index) => ({
    type: 'NoteTaken',
    schemaVersion: 1,
    data,
    metadata: {
      eventId: eventIdFor(commandId, index),
      commandId,
      requestHash: `hash of ${commandId.slice(0, 8)}`,
      occurredAt: '2026-03-15T09:30:00.000Z',
      actorId: '018f0000-0000-7000-8000-000000000001',
      correlationId: 'test',
      causationId: 'test',
    },
  }));

/** An append of `count` events by a new command unless one is named. */
export const appendOf = (
  stream: string,
  expectedRevision: ExpectedRevision,
  more: { readonly commandId?: string; readonly count?: number; readonly data?: string } = {},
): Append => {
  const { commandId = randomUUID(), count = 1, data } = more;
  return { stream, expectedRevision, commandId, events: storedEvents(commandId, count, data), newKeys: [] };
};
