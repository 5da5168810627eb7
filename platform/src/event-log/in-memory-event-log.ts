import type { Append, AppendResult, EventLog, LoggedEvent } from './event-log.ts';
import type { KeyStore, StoredKey } from './keys.ts';

/** An event log for fast tests, with the key store that belongs to it. Nothing outlives the process. */
export const createInMemoryEventLog = (): EventLog & { readonly keyStore: KeyStore } => {
  const events: LoggedEvent[] = [];
  const streams = new Map<string, LoggedEvent[]>();
  const commands = new Map<string, LoggedEvent>();
  const keys = new Map<string, StoredKey>();
  const wakers = new Set<() => void>();

  const append = (request: Append): AppendResult => {
    const first = commands.get(request.commandId);
    if (first) {
      const { stream, revision, position, metadata } = first;
      return { outcome: 'repeated', stream, revision, position, requestHash: metadata.requestHash };
    }
    const stream = streams.get(request.stream) ?? [];
    const actualRevision = stream.length - 1;
    if (!meets(request.expectedRevision, actualRevision) || !keysFit(keys, request)) {
      return { outcome: 'conflict', actualRevision };
    }
    for (const { subject, masterKeyId, wrapped } of request.newKeys) keys.set(subject, { masterKeyId, wrapped });
    for (const event of request.events) {
      const metadataText = JSON.stringify(event.metadata);
      const place = { stream: request.stream, revision: stream.length, position: BigInt(events.length + 1) };
      const logged: LoggedEvent = { ...event, ...place, metadataText, metadata: JSON.parse(metadataText) };
      stream.push(logged);
      events.push(logged);
      commands.set(request.commandId, logged);
    }
    streams.set(request.stream, stream);
    for (const wake of [...wakers]) wake();
    return { outcome: 'appended', revision: stream.length - 1, position: BigInt(events.length) };
  };

  return {
    append: (request) =>
      request.events.length === 0
        ? Promise.reject(new Error('An append needs at least one event.'))
        : Promise.resolve(append(request)),
    readStream: (stream, { afterRevision = -1, siteId } = {}) => {
      const events = streams.get(stream) ?? [];
      const isForeign = siteId !== undefined && events[0]?.metadata.siteId !== siteId;
      return Promise.resolve(isForeign ? [] : events.slice(afterRevision + 1));
    },
    readAll: (afterPosition, limit) =>
      Promise.resolve(events.slice(Number(afterPosition), Number(afterPosition) + limit)),
    headPosition: () => Promise.resolve(BigInt(events.length)),
    countAfter: (position, limit) => Promise.resolve(Math.min(Math.max(events.length - Number(position), 0), limit)),
    epoch: () => Promise.resolve(1),
    waitPast: (position, signal) => {
      if (BigInt(events.length) > position || signal.aborted) return Promise.resolve();
      return new Promise((resolve) => {
        const wake = (): void => {
          wakers.delete(wake);
          signal.removeEventListener('abort', wake);
          resolve();
        };
        wakers.add(wake);
        signal.addEventListener('abort', wake, { once: true });
      });
    },
    close: () => {
      for (const wake of [...wakers]) wake();
      return Promise.resolve();
    },
    keyStore: {
      read: (subjects) =>
        Promise.resolve(
          new Map(subjects.flatMap((subject) => [[subject, keys.get(subject)] as const]).filter(isStored)),
        ),
      erase: (subject) => {
        keys.set(subject, 'erased');
        return Promise.resolve();
      },
    },
  };
};

const isStored = (entry: readonly [string, StoredKey | undefined]): entry is readonly [string, StoredKey] =>
  entry[1] !== undefined;

const meets = (expected: Append['expectedRevision'], actual: number): boolean => {
  if (expected === 'any') return true;
  if (expected === 'no-stream') return actual === -1;
  if (expected === 'stream-exists') return actual >= 0;
  return actual === expected;
};

/** A subject keeps the key it has; another one means that somebody else was first. */
const keysFit = (keys: ReadonlyMap<string, StoredKey>, { newKeys }: Append): boolean =>
  newKeys.every(({ subject, wrapped }) => {
    const stored = keys.get(subject);
    return stored === undefined || (stored !== 'erased' && stored.wrapped.equals(wrapped));
  });
