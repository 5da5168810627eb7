import type { AllStreamRecordedEvent, EventData, RecordedEvent } from '@eventstore/db-client';
import type { EventMetadata } from '@ims/contracts/recorded-event';
import type { LoggedEvent, StoredEvent } from '../event-log.ts';

/**
 * How an event of ours stands in EventStoreDB: its id is ours, its data are the bytes of our JSON text. The client
 * parses metadata that are JSON, which loses the text; so they begin with a line that holds the schema version:
 *
 *     1
 *     {"eventId":"…","commandId":"…",…}
 */
export const toEventData = (event: StoredEvent, metadataText: string): EventData => ({
  id: event.metadata.eventId,
  contentType: 'application/octet-stream',
  type: event.type,
  // Not Buffers: the client only takes metadata for bytes when they are exactly a Uint8Array.
  data: encoder.encode(event.data),
  metadata: encoder.encode(`${event.schemaVersion}\n${metadataText}`),
});

const encoder = new TextEncoder();

export type Recorded = RecordedEvent | AllStreamRecordedEvent;

/** Throws for an event that somebody else wrote into a stream of ours. */
export const toLoggedEvent = (recorded: Recorded): LoggedEvent => {
  const { streamId: stream, type } = recorded;
  const head = recorded.metadata instanceof Uint8Array ? textOf(recorded.metadata) : '';
  const line = head.indexOf('\n');
  const schemaVersion = Number(head.slice(0, line));
  if (line < 1 || !Number.isSafeInteger(schemaVersion) || !(recorded.data instanceof Uint8Array)) {
    throw new Error(`Event ${recorded.revision} of ${stream} (${type}) was not written by IMS.`);
  }
  const metadataText = head.slice(line + 1);
  return {
    type,
    schemaVersion,
    data: textOf(recorded.data),
    metadata: JSON.parse(metadataText) as EventMetadata,
    metadataText,
    stream,
    revision: Number(recorded.revision),
    position: positionOf(recorded),
  };
};

/** The commit position: one for each event, growing in log order, with gaps. */
export const positionOf = ({ position, streamId }: Recorded): bigint => {
  if (position) return position.commit;
  throw new Error(`The server does not tell the position of events in ${streamId}: it is too old.`);
};

const textOf = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');

/** Streams of commands' markers: bookkeeping of this folder, no part of the log that others see. */
export const markerPrefix = 'command-';

/** Whether the stream belongs to the log: neither the server's own nor a marker. */
export const isOurs = (stream: string): boolean => !stream.startsWith('$') && !stream.startsWith(markerPrefix);

/** The same for the server, as a regular expression over stream names. */
export const oursAsRegex = `^(?!\\$|${markerPrefix})`;
