import { setTimeout as delay } from 'node:timers/promises';
import type { ReadTablesChanged } from '@ims/platform/messages/messages';
import type { FastifyBaseLogger } from 'fastify';
import { gathered } from './gathered.ts';
import { afterLook, afterMessage, afterRead, distrusted, isAhead, isTrusted, type KnownState } from './known-state.ts';
import { createLostMessages, type LostChange } from './lost-messages.ts';
import { everySite, type ProjectionName, type ReadState } from './read-state.ts';

/** What this process knows of the read tables of each site: which versions are read, and how new their rows are. */
export type KnownStates = {
  /** At most `trustedMs` old; looked up where it is not known that well. Undefined when it cannot be found out. */
  of(siteId: string): Promise<ReadState | undefined>;
  /** As it is now, or later than this question. Rejects when the database cannot be asked. */
  now(siteId: string): Promise<ReadState>;
  /** Learns from rows that were read in a snapshot of this state; `startedAt` is from `clock` before it. */
  learn(siteId: string, state: ReadState, startedAt: number): void;
  announced(change: ReadTablesChanged): void;
  /** Messages may be missing: nothing known is trusted any longer. */
  startOver(): void;
  /** Looks after a site for as long as somebody listens to its changes, from this state on; the answer ends it. */
  watch(siteId: string, state: ReadState): () => void;
  clock(): number;
  size(): number;
  close(): void;
};

export type KnownStatesOptions = {
  /** One cheap statement for all the sites. */
  readonly read: (sites: readonly string[]) => Promise<ReadonlyMap<string, ReadState>>;
  /** A watched site changed and no message came. */
  readonly lost: (change: LostChange) => void;
  /** The poll looked: who waits for news may find it now. */
  readonly looked: () => void;
  /** A site's generation is newer than was known. */
  readonly learned?: ((by: 'message' | 'poll') => void) | undefined;
  readonly logger: FastifyBaseLogger;
};

type Entry = { known: KnownState; askedAt: number };

/** Two looks, the time between and the statements stay below the second that a lost message may cost. */
const pollMs = 400;
const trustedMs = 1_000;
const longestBackOffMs = 2_000;
/** A site nobody asks about any more is not polled after the first, and forgotten after the second. */
const polledMs = 10_000;
const rememberedMs = 60_000;

const bySite: ReadonlySet<string> = new Set<ProjectionName>(['interactions', 'statistics', 'suggestions']);

/**
 * Messages, polls and every read bring it up to date. Without messages it is a poll behind; without polls nothing is
 * trusted, and who asks gets nothing.
 */
export const createKnownStates = ({ read, lost, looked, learned, logger }: KnownStatesOptions): KnownStates => {
  const entries = new Map<string, Entry>();
  const lostMessages = createLostMessages();
  const closing = new AbortController();
  const clock = (): number => performance.now();

  const change = (siteId: string, next: (known: KnownState) => KnownState): void => {
    const entry = entries.get(siteId);
    if (entry) entry.known = next(entry.known);
  };
  const look = gathered(async (sites: ReadonlySet<string>): Promise<void> => {
    const startedAt = clock();
    for (const [siteId, state] of await read([...sites])) {
      const entry = entries.get(siteId);
      if (entry && isAhead(state.generations, entry.known.state.generations)) learned?.('poll');
      entries.set(siteId, { known: afterLook(entry?.known, state, startedAt), askedAt: entry?.askedAt ?? startedAt });
    }
  });
  const stateOf = (siteId: string): ReadState | undefined => {
    const entry = entries.get(siteId);
    if (!entry) return undefined;
    entry.askedAt = clock();
    return isTrusted(entry.known, entry.askedAt, trustedMs) ? entry.known.state : undefined;
  };
  const distrustAll = (): void => {
    for (const entry of entries.values()) entry.known = distrusted(entry.known, clock());
  };

  const poll = async (): Promise<void> => {
    if (closing.signal.aborted) return;
    const at = clock();
    for (const [siteId, { askedAt }] of entries) if (at - askedAt > rememberedMs) entries.delete(siteId);
    const asked = [...entries].flatMap(([siteId, { askedAt }]) => (at - askedAt <= polledMs ? [siteId] : []));
    const watched = [...lostMessages.sites()];
    if (asked.length + watched.length === 0) return;
    await look([...asked, ...watched]);
    looked();
    for (const siteId of watched) {
      const entry = entries.get(siteId);
      if (entry) for (const one of lostMessages.look(siteId, entry.known.state)) lost(one);
    }
  };
  const pollUntilClosed = async (): Promise<void> => {
    for (let waitMs = pollMs; !closing.signal.aborted; ) {
      await delay(waitMs, undefined, { signal: closing.signal, ref: false }).catch(() => undefined);
      const failed = await poll().then(
        () => undefined,
        (error: unknown) => ({ error }),
      );
      if (failed && waitMs === pollMs) {
        logger.warn({ operation: 'poll generations', err: failed.error }, 'The read tables could not be looked at');
      }
      waitMs = failed ? Math.min(waitMs * 2, longestBackOffMs) : pollMs;
    }
  };
  void pollUntilClosed();

  return {
    of: async (siteId) => {
      const trusted = stateOf(siteId);
      if (trusted) return trusted;
      await look([siteId]).catch(() => undefined);
      return stateOf(siteId);
    },
    now: async (siteId) => {
      await look([siteId]);
      const entry = entries.get(siteId);
      if (!entry) throw new Error('A look at the read tables did not answer for every site.');
      return entry.known.state;
    },
    learn: (siteId, state, startedAt) => {
      const at = clock();
      if (entries.has(siteId)) change(siteId, (known) => afterRead(known, state, startedAt, at));
      else entries.set(siteId, { known: afterLook(undefined, state, startedAt), askedAt: at });
    },
    announced: ({ projection, siteId, generation }) => {
      const raised = { projection: projection as ProjectionName, generation: BigInt(generation) };
      learned?.('message');
      // All sites at once: another version is read from now on.
      if (siteId === null && bySite.has(projection)) distrustAll();
      else change(siteId ?? everySite, (known) => afterMessage(known, raised, clock()));
      if (siteId !== null) lostMessages.announced(siteId, raised.projection, raised.generation);
    },
    startOver: () => {
      distrustAll();
      lostMessages.startOver();
    },
    watch: (siteId, state) => lostMessages.watch(siteId, state),
    clock,
    size: () => entries.size,
    close: () => closing.abort(),
  };
};
