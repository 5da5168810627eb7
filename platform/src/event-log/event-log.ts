import type { EventMetadata } from '@ims/contracts/recorded-event';

/**
 * What an append expects of its stream: nothing in it yet, exactly this last revision, at least one event, or
 * whatever is there.
 */
export type ExpectedRevision = 'no-stream' | 'stream-exists' | 'any' | number;

/** An event in the form in which it is stored: content sealed, JSON text, never changed again. */
export type StoredEvent = {
  readonly type: string;
  readonly schemaVersion: number;
  readonly data: string;
  readonly metadata: EventMetadata;
};

/** A stored event with its places: `revision` in its stream (from 0), `position` in the log (growing, with gaps). */
export type LoggedEvent = StoredEvent & {
  readonly stream: string;
  readonly revision: number;
  readonly position: bigint;
  /** The metadata as it is stored, byte for byte; `metadata` is its parsed form. */
  readonly metadataText: string;
};

/** The wrapped key of a new subject; it becomes durable before or together with the events sealed under it. */
export type WrappedKey = { readonly subject: string; readonly masterKeyId: string; readonly wrapped: Buffer };

export type Append = {
  readonly stream: string;
  readonly expectedRevision: ExpectedRevision;
  readonly commandId: string;
  readonly events: readonly StoredEvent[];
  readonly newKeys: readonly WrappedKey[];
};

/**
 * `appended`: the events are durable. `repeated`: events of this command id were already in the log (perhaps in
 * another stream); nothing was written, and `revision`, `position` and `requestHash` are those of that first time.
 * `conflict`: the stream is not where it was expected; `actualRevision` is its last revision, -1 when it is empty.
 */
export type AppendResult =
  | { readonly outcome: 'appended'; readonly revision: number; readonly position: bigint }
  | {
      readonly outcome: 'repeated';
      readonly stream: string;
      readonly revision: number;
      readonly position: bigint;
      readonly requestHash: string;
    }
  | { readonly outcome: 'conflict'; readonly actualRevision: number };

/** Thrown when the log cannot be reached or refuses for a reason that is not the caller's; nothing is known to be written. */
export class EventLogUnavailable extends Error {
  override readonly name = 'EventLogUnavailable';
}

/**
 * The only truth. Positions grow in commit order: once a reader has seen position p, no event at or below p appears
 * later. Every implementation passes the suite in `event-log.contract.ts`.
 */
export type EventLog = {
  /** Appends all events of one command to one stream, or none of them. Events must not be empty. */
  append(append: Append, options?: { readonly signal?: AbortSignal }): Promise<AppendResult>;
  /**
   * The events of a stream after `afterRevision` (default -1), oldest first; empty when there is no such stream.
   * With `siteId` a stream whose first event is not of that site is like one that is not there, in time as well.
   */
  readStream(
    stream: string,
    options?: { readonly afterRevision?: number; readonly siteId?: string | undefined },
  ): Promise<readonly LoggedEvent[]>;
  /** At most `limit` events of the whole log after `afterPosition`, in log order. */
  readAll(afterPosition: bigint, limit: number): Promise<readonly LoggedEvent[]>;
  /** Position of the newest event, 0n in an empty log. */
  headPosition(): Promise<bigint>;
  /** How many events come after the position, counted up to `limit`. Positions have gaps; never compute it from them. */
  countAfter(position: bigint, limit: number): Promise<number>;
  /** Number of this log's life: grows by one whenever it is restored behind a published checkpoint or imported. */
  epoch(): Promise<number>;
  /**
   * Resolves as soon as the head may be past `position`: on the log's notice, or after the slow poll (≤ 1 s).
   * A wake-up without news is allowed, a lost one is not. Resolves at once when the signal aborts.
   */
  waitPast(position: bigint, signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
};
