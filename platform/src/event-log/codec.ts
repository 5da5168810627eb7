import { type DomainEvent, eventCatalogue } from '@ims/contracts/event-catalogue';
import type { EventMetadata, NewEvent, RecordedEvent } from '@ims/contracts/recorded-event';
import type { z } from 'zod';
import { eventIdFor } from './derived-ids.ts';
import type { LoggedEvent, StoredEvent, WrappedKey } from './event-log.ts';
import { createSubjectKeys, type KeyStore } from './keys.ts';
import type { MasterKey } from './master-key.ts';
import { openText, sealText } from './sealed-content.ts';

/** The events of one command on their way into a stream; their ids follow from the command's id. */
export type EventsToSeal<Event extends NewEvent = DomainEvent> = {
  readonly stream: string;
  /** True when the caller expects no such stream yet: saves the question for its key. */
  readonly isNewStream: boolean;
  readonly events: readonly Event[];
  readonly metadata: Omit<EventMetadata, 'eventId'>;
};

/** What an append needs: the events as they are stored, and the subject's key while it may not be stored yet. */
export type SealedEvents = { readonly events: readonly StoredEvent[]; readonly newKeys: readonly WrappedKey[] };

/** The one way into the log and out of it: schema, sealing, versions. */
export type Codec<Event extends NewEvent = DomainEvent> = {
  /** Throws a ZodError for data that its schema refuses, SubjectErased when the stream's key was deleted. */
  sealAll(input: EventsToSeal<Event>): Promise<SealedEvents>;
  /**
   * In the order given; at most one query for keys. `schemaVersion` and `data` are those of the current version.
   * Throws UnreadableEvent.
   */
  openAll(events: readonly LoggedEvent[]): Promise<readonly RecordedEvent<Event>[]>;
  /** As `openAll`, for readers that go on without what they cannot read: in its place stands the UnreadableEvent. */
  openEach(events: readonly LoggedEvent[]): Promise<readonly (RecordedEvent<Event> | UnreadableEvent)[]>;
  /** To be called when a subject's key was deleted. */
  forget(subject: string): void;
};

/** Thrown for an event this code cannot read: an unknown type, a newer version, broken or foreign content. */
export class UnreadableEvent extends Error {
  override readonly name = 'UnreadableEvent';
  readonly type: string;
  readonly schemaVersion: number;
  readonly position: bigint;

  constructor(event: LoggedEvent, reason: string, cause?: unknown) {
    const { type, schemaVersion, position, stream, revision } = event;
    super(`Event ${position} (${type} version ${schemaVersion}, ${stream}/${revision}) cannot be read: ${reason}`, {
      cause,
    });
    this.type = type;
    this.schemaVersion = schemaVersion;
    this.position = position;
  }
}

type Data = Record<string, unknown>;

/** Per event type and version: makes data of that version into data of the next. Sealed fields of erased events are absent. */
export type Upcasters = Readonly<Record<string, Readonly<Record<number, (data: Data) => Data>>>>;

type Catalogue = Readonly<
  Record<string, { readonly schema: z.ZodType; readonly version: number; readonly sealed: readonly string[] }>
>;

const currentUpcasters: Upcasters = {};

export const createCodec = <Event extends NewEvent = DomainEvent>(options: {
  readonly keyStore: KeyStore;
  readonly masterKey: MasterKey;
  readonly catalogue?: Catalogue;
  readonly upcasters?: Upcasters;
}): Codec<Event> => {
  const { catalogue = eventCatalogue as Catalogue, upcasters = currentUpcasters } = options;
  const keys = createSubjectKeys(options.keyStore, options.masterKey);

  const openEach: Codec<Event>['openEach'] = async (events) => {
    const parsed = events.map((event) => ({ event, data: readable(event, () => parseData(catalogue, event)) }));
    const isSealed = (data: Data | UnreadableEvent): boolean => !(data instanceof UnreadableEvent) && 'sealed' in data;
    const subjects = new Set(parsed.filter(({ data }) => isSealed(data)).map(({ event }) => event.stream));
    const secrets = subjects.size > 0 ? await keys.forOpening(subjects) : new Map<string, Buffer>();
    return parsed.map(({ event, data }) => {
      if (data instanceof UnreadableEvent) return data;
      return readable(event, () => {
        const opened = unseal(event, data, secrets.get(event.stream));
        const version = catalogue[event.type]?.version ?? event.schemaVersion;
        return {
          type: event.type,
          data: upcast(event, opened.data, version, upcasters),
          stream: event.stream,
          revision: event.revision,
          position: event.position,
          schemaVersion: version,
          metadata: event.metadata,
          erased: opened.erased,
        } as unknown as RecordedEvent<Event>;
      });
    });
  };

  return {
    sealAll: async ({ stream, isNewStream, events, metadata }) => {
      const drafts = events.map((event) => draft(catalogue, event));
      const isSecret = drafts.some(({ hidden }) => hidden !== undefined);
      const secret = isSecret ? await keys.forSealing(stream, isNewStream) : undefined;
      const stored = drafts.map(({ type, schemaVersion, clear, hidden }, index): StoredEvent => {
        const eventId = eventIdFor(metadata.commandId, index);
        const sealed =
          secret && hidden !== undefined ? { sealed: sealText(hidden, secret.key, { stream, type, eventId }) } : {};
        return {
          type,
          schemaVersion,
          data: JSON.stringify({ ...clear, ...sealed }),
          metadata: { ...metadata, eventId },
        };
      });
      return { events: stored, newKeys: secret?.newKey ? [secret.newKey] : [] };
    },
    openAll: async (events) => {
      const opened = await openEach(events);
      const unreadable = opened.find((event) => event instanceof UnreadableEvent);
      if (unreadable) throw unreadable;
      return opened as readonly RecordedEvent<Event>[];
    },
    openEach,
    forget: keys.forget,
  };
};

type Draft = {
  readonly type: string;
  readonly schemaVersion: number;
  readonly clear: Data;
  readonly hidden: string | undefined;
};

/** Splits an event's checked data into the part that stands in clear and the text to be sealed, if any. */
const draft = (catalogue: Catalogue, event: NewEvent): Draft => {
  const definition = catalogue[event.type];
  if (!definition) throw new Error(`The event type ${event.type} is missing in the event catalogue.`);
  const clear: Data = {};
  const hidden: Data = {};
  for (const [field, value] of Object.entries(definition.schema.parse(event.data) as Data)) {
    if (value === undefined) continue;
    (definition.sealed.includes(field) ? hidden : clear)[field] = value;
  }
  const isEmpty = Object.keys(hidden).length === 0;
  return {
    type: event.type,
    schemaVersion: definition.version,
    clear,
    hidden: isEmpty ? undefined : JSON.stringify(hidden),
  };
};

const readable = <Result>(event: LoggedEvent, read: () => Result): Result | UnreadableEvent => {
  try {
    return read();
  } catch (error) {
    if (error instanceof UnreadableEvent) return error;
    return new UnreadableEvent(event, 'its content cannot be brought into the present version', error);
  }
};

const parseData = (catalogue: Catalogue, event: LoggedEvent): Data => {
  const definition = catalogue[event.type];
  if (!definition) throw new UnreadableEvent(event, 'its type is unknown to this version of IMS');
  if (event.schemaVersion > definition.version) {
    throw new UnreadableEvent(event, `this version of IMS knows it up to version ${definition.version}`);
  }
  const data = parseJson(event);
  if (typeof data !== 'object' || data === null) throw new UnreadableEvent(event, 'its data is not an object');
  return data as Data;
};

const parseJson = (event: LoggedEvent): unknown => {
  try {
    return JSON.parse(event.data);
  } catch (cause) {
    throw new UnreadableEvent(event, 'its data is not JSON', cause);
  }
};

const unseal = (event: LoggedEvent, data: Data, key: Buffer | undefined): { data: Data; erased: boolean } => {
  const { sealed, ...clear } = data;
  if (sealed === undefined) return { data, erased: false };
  if (!key) return { data: clear, erased: true };
  const place = { stream: event.stream, type: event.type, eventId: event.metadata.eventId };
  try {
    return { data: { ...clear, ...(JSON.parse(openText(String(sealed), key, place)) as Data) }, erased: false };
  } catch (cause) {
    throw new UnreadableEvent(event, 'its sealed content was not sealed here or was changed', cause);
  }
};

const upcast = (event: LoggedEvent, data: Data, to: number, upcasters: Upcasters): Data => {
  let current = data;
  for (let version = event.schemaVersion; version < to; version += 1) {
    const step = upcasters[event.type]?.[version];
    if (!step) throw new UnreadableEvent(event, `there is no way from version ${version} to ${version + 1}`);
    current = step(current);
  }
  return current;
};
