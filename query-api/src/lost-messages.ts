import type { ProjectionName, ReadState } from './read-state.ts';

/** The projections whose changes listeners are told of. */
const told = ['interactions', 'statistics'] as const satisfies readonly ProjectionName[];
type Told = (typeof told)[number];

export type LostChange = { readonly siteId: string; readonly projection: Told; readonly generation: bigint };

export type LostMessages = {
  /** Looks after a site from this state on; the answer ends it. */
  watch(siteId: string, state: ReadState): () => void;
  announced(siteId: string, projection: ProjectionName, generation: bigint): void;
  /** After a look at the read tables; changes that no message has told by the second look are lost. */
  look(siteId: string, state: ReadState): readonly LostChange[];
  /** Everybody was told to read again: what comes counts from the next look. */
  startOver(): void;
  sites(): Iterable<string>;
};

type Seen = { announced: bigint | undefined; suspected: bigint | undefined };
type Site = { watchers: number; readonly seen: Record<Told, Seen> };

const isTold = (projection: ProjectionName): projection is Told => (told as readonly string[]).includes(projection);
const from = (announced: bigint | undefined): Seen => ({ announced, suspected: undefined });

/** True when the change was seen before, and its message has not come since. */
const isLost = (seen: Seen, current: bigint): boolean => {
  const before = seen.announced;
  // Lower than it was: a restored database.
  if (before === undefined || current <= before) {
    Object.assign(seen, from(current));
    return before !== undefined && current < before;
  }
  if (seen.suspected !== undefined && seen.suspected > before) {
    Object.assign(seen, from(current));
    return true;
  }
  // Its message may be on the way.
  seen.suspected = current;
  return false;
};

/** Finds out, for the sites that somebody watches, which changes no message has told. */
export const createLostMessages = (): LostMessages => {
  const sites = new Map<string, Site>();

  return {
    watch: (siteId, { generations }) => {
      const site = sites.get(siteId) ?? {
        watchers: 0,
        seen: { interactions: from(generations.interactions ?? 0n), statistics: from(generations.statistics ?? 0n) },
      };
      sites.set(siteId, site);
      site.watchers += 1;
      return () => {
        site.watchers -= 1;
        if (site.watchers === 0) sites.delete(siteId);
      };
    },
    announced: (siteId, projection, generation) => {
      const seen = isTold(projection) ? sites.get(siteId)?.seen[projection] : undefined;
      if (seen && generation > (seen.announced ?? -1n)) seen.announced = generation;
    },
    look: (siteId, { generations }) => {
      const site = sites.get(siteId);
      if (!site) return [];
      return told.flatMap((projection) => {
        const generation = generations[projection] ?? 0n;
        return isLost(site.seen[projection], generation) ? [{ siteId, projection, generation }] : [];
      });
    },
    startOver: () => {
      for (const { seen } of sites.values()) for (const name of told) Object.assign(seen[name], from(undefined));
    },
    sites: () => sites.keys(),
  };
};
