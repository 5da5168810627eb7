import type { EventLog } from './event-log.ts';
import type { KeyStore } from './keys.ts';

/** A log as the suite needs it. */
export type LogUnderTest = {
  readonly log: EventLog;
  readonly keyStore: KeyStore;
  /** A further client of the same log, as another process would have it; closed by `close`. */
  another(): EventLog;
  /** For a log with transactions: takes places in the log, stalls, commits late or rolls back. */
  readonly disturb?: () => Promise<void>;
  close(): Promise<void>;
};
