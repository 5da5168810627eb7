/**
 * Rows of a site changed in a projection's read tables. `siteId` null: rows that belong to no site. `generation`:
 * position of the event behind the change, decimal. `ids`: the changed records, or null when they are too many to name.
 */
export type ReadTablesChanged = {
  readonly projection: string;
  readonly siteId: string | null;
  readonly generation: string;
  readonly ids: readonly string[] | null;
};

export type MessageListener = {
  changed(change: ReadTablesChanged): void;
  /** Messages may have been lost: look for yourself what is new. */
  gap(): void;
};

/**
 * Tells other processes what is new. An optimization: a message may be lost or come twice, and nobody's answer may
 * depend on it. Every implementation passes the suite in `messages.contract.ts`.
 */
export type Messages = {
  /** Resolves when the messages are handed over; rejects when they could not be. */
  publish(changes: readonly ReadTablesChanged[]): Promise<void>;
  /**
   * Listens from now on; the answer ends it. Everybody hears everything, oneself included. As nothing is heard before
   * the connection stands, the first thing that a listener may get is `gap`.
   */
  subscribe(listener: MessageListener): () => void;
  /** Rejects when the server cannot be reached; with `EngineRefused` when it does not let us in. */
  check(): Promise<void>;
  close(): Promise<void>;
};

/** More ids than this are not named: the receiver reads the page again anyway. */
export const maxNamedIds = 100;

/** The change as it is sent: without its ids when they are too many to name. */
export const withFewIds = (change: ReadTablesChanged): ReadTablesChanged =>
  change.ids && change.ids.length > maxNamedIds ? { ...change, ids: null } : change;
