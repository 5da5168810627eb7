import { randomUUID } from 'node:crypto';
import type { Connection } from './connection.ts';
import { appendExactly, eventAt } from './exact-append.ts';
import { markerPrefix } from './stored-form.ts';

/** What a command set out to do: which request, into which stream, whose last revision then was `after`. */
export type Intent = { readonly stream: string; readonly requestHash: string; readonly after: number };

/** `mine`: this call is the first with this command. Else what the command that was first set out to do. */
export type Marker =
  | { readonly mine: true }
  | { readonly mine: false; readonly revision: number; readonly first: Intent };

/**
 * EventStoreDB refuses an id twice only within a stream. A command that may come again (it has an idempotency key, so
 * its id is derived: UUID version 8) therefore says where it goes before it goes there, in a stream of its own,
 * `command-{id}`. A random id (version 7) never comes again from outside.
 */
export const needsMarker = (commandId: string): boolean => commandId.charAt(14) !== '7';

export const setMarker = async (
  connection: Connection,
  commandId: string,
  intent: Intent,
  signal: AbortSignal | undefined,
): Promise<Marker> => {
  const stream = markerPrefix + commandId;
  const write = (after: number) => appendExactly(connection, { stream, after, events: [markerEvent(intent)] }, signal);
  if ((await write(-1)).outcome === 'written') return { mine: true };
  return readMarker(connection, stream);
};

/** Makes the marker of another request this one's; false when somebody else was faster. */
export const takeMarkerOver = async (
  connection: Connection,
  commandId: string,
  revision: number,
  intent: Intent,
  signal: AbortSignal | undefined,
): Promise<boolean> => {
  const append = { stream: markerPrefix + commandId, after: revision, events: [markerEvent(intent)] };
  return (await appendExactly(connection, append, signal)).outcome === 'written';
};

const readMarker = async (connection: Connection, stream: string): Promise<Marker> => {
  const event = await eventAt(connection, stream, 'last');
  if (!event) throw new Error(`The marker ${stream} is gone.`);
  return { mine: false, revision: Number(event.revision), first: intentOf(event.data) };
};

const markerEvent = (intent: Intent) => ({
  id: randomUUID(),
  contentType: 'application/json' as const,
  type: 'CommandStarted',
  data: intent,
  metadata: undefined,
});

const intentOf = (data: unknown): Intent => {
  const { stream, requestHash, after } = (data ?? {}) as Partial<Intent>;
  if (typeof stream === 'string' && typeof requestHash === 'string' && typeof after === 'number') {
    return { stream, requestHash, after };
  }
  throw new Error('A marker of a command is broken.');
};
