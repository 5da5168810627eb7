import { setTimeout as delay } from 'node:timers/promises';
import type { ReadTablesChanged } from '@ims/platform/messages/messages';
import type { FastifyBaseLogger } from 'fastify';
import { createKnownSites } from './known-sites.ts';
import { createLostMessages, type LostChange } from './lost-messages.ts';
import type { ProjectionName, ReadState } from './read-state.ts';

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

/** Two looks, the time between and the statements stay below the second that a lost message may cost. */
const pollMs = 400;
const longestBackOffMs = 2_000;

/**
 * Messages, polls and every read bring it up to date. Without messages it is a poll behind; without polls nothing is
 * trusted, and who asks gets nothing.
 */
export const createKnownStates = ({ read, lost, looked, learned, logger }: KnownStatesOptions): KnownStates => {
  const clock = (): number => performance.now();
  const sites = createKnownSites({ read, learned, clock });
  const lostMessages = createLostMessages();
  const closing = new AbortController();

  const poll = async (): Promise<void> => {
    const asked = sites.asked();
    const watched = [...lostMessages.sites()];
    if (asked.length + watched.length === 0) return;
    await sites.look([...asked, ...watched]);
    looked();
    for (const siteId of watched) {
      const state = sites.known(siteId);
      if (state) for (const one of lostMessages.look(siteId, state)) lost(one);
    }
  };
  void pollUntilClosed(poll, closing.signal, logger);

  return {
    of: async (siteId) => {
      const trusted = sites.trusted(siteId);
      if (trusted) return trusted;
      await sites.look([siteId]).catch(() => undefined);
      return sites.trusted(siteId);
    },
    now: async (siteId) => {
      await sites.look([siteId]);
      const state = sites.known(siteId);
      if (!state) throw new Error('A look at the read tables did not answer for every site.');
      return state;
    },
    learn: sites.learn,
    announced: (change) => {
      const { projection, siteId, generation } = change;
      sites.announced(change);
      if (siteId !== null) lostMessages.announced(siteId, projection as ProjectionName, BigInt(generation));
    },
    startOver: () => {
      sites.distrustAll();
      lostMessages.startOver();
    },
    watch: (siteId, state) => lostMessages.watch(siteId, state),
    clock,
    size: sites.size,
    close: () => closing.abort(),
  };
};

const pollUntilClosed = async (
  poll: () => Promise<void>,
  signal: AbortSignal,
  logger: FastifyBaseLogger,
): Promise<void> => {
  let waitMs = pollMs;
  for (;;) {
    await delay(waitMs, undefined, { signal, ref: false }).catch(() => undefined);
    if (signal.aborted) return;
    try {
      await poll();
      waitMs = pollMs;
    } catch (error) {
      if (waitMs === pollMs) {
        logger.warn({ operation: 'poll generations', err: error }, 'The read tables could not be looked at');
      }
      waitMs = Math.min(waitMs * 2, longestBackOffMs);
    }
  }
};
