import type { ReadTablesChanged } from '@ims/platform/messages/messages';
import { gathered } from './gathered.ts';
import { afterLook, afterMessage, afterRead, distrusted, isAhead, isTrusted, type KnownState } from './known-state.ts';
import { everySite, type ProjectionName, type ReadState } from './read-state.ts';

/** What is known of the read tables, site by site. */
export type KnownSites = {
  /** Learns the state of these sites as it is now, or later than this question. Rejects when it cannot be asked. */
  look(sites: Iterable<string>): Promise<void>;
  /** Undefined where nothing is known that was confirmed within `trustedMs`. Counts as a question. */
  trusted(siteId: string): ReadState | undefined;
  /** Whatever is known, trusted or not. */
  known(siteId: string): ReadState | undefined;
  /** After rows were read in a snapshot of this state. */
  learn(siteId: string, state: ReadState, startedAt: number): void;
  announced(change: ReadTablesChanged): void;
  distrustAll(): void;
  /** Sites that somebody asked about of late; those that nobody asks about any more are forgotten. */
  asked(): readonly string[];
  size(): number;
};

export type KnownSitesOptions = {
  /** One cheap statement for all the sites. */
  readonly read: (sites: readonly string[]) => Promise<ReadonlyMap<string, ReadState>>;
  /** A site's generation is newer than was known. */
  readonly learned: ((by: 'message' | 'poll') => void) | undefined;
  readonly clock: () => number;
};

type Entry = { known: KnownState; askedAt: number };

const trustedMs = 1_000;
/** A site nobody asks about any more is not polled after the first, and forgotten after the second. */
const polledMs = 10_000;
const rememberedMs = 60_000;

const bySite: ReadonlySet<string> = new Set<ProjectionName>(['interactions', 'statistics', 'suggestions']);

export const createKnownSites = ({ read, learned, clock }: KnownSitesOptions): KnownSites => {
  const entries = new Map<string, Entry>();

  const change = (siteId: string, next: (known: KnownState) => KnownState): void => {
    const entry = entries.get(siteId);
    if (entry) entry.known = next(entry.known);
  };
  const distrustAll = (): void => {
    for (const entry of entries.values()) entry.known = distrusted(entry.known, clock());
  };

  return {
    look: gathered(async (sites: ReadonlySet<string>): Promise<void> => {
      const startedAt = clock();
      for (const [siteId, state] of await read([...sites])) {
        const entry = entries.get(siteId);
        if (entry && isAhead(state.generations, entry.known.state.generations)) learned?.('poll');
        entries.set(siteId, { known: afterLook(entry?.known, state, startedAt), askedAt: entry?.askedAt ?? startedAt });
      }
    }),
    trusted: (siteId) => {
      const entry = entries.get(siteId);
      if (!entry) return undefined;
      entry.askedAt = clock();
      return isTrusted(entry.known, entry.askedAt, trustedMs) ? entry.known.state : undefined;
    },
    known: (siteId) => entries.get(siteId)?.known.state,
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
    },
    distrustAll,
    asked: () => {
      const at = clock();
      for (const [siteId, { askedAt }] of entries) if (at - askedAt > rememberedMs) entries.delete(siteId);
      return [...entries].flatMap(([siteId, { askedAt }]) => (at - askedAt <= polledMs ? [siteId] : []));
    },
    size: () => entries.size,
  };
};
