/** One change of a site's interactions; `ids` is null when too many changed to name them. */
export type SiteChange = { readonly generation: bigint; readonly ids: readonly string[] | null };

/** What a connection is told: changes it can apply, or that it must read everything again. */
export type Told =
  | { readonly kind: 'changed'; readonly position: bigint; readonly ids: readonly string[] }
  | { readonly kind: 'reset'; readonly position: bigint };

export type LiveChanges = {
  /**
   * Joins a site's changes. `current` is the generation read just before; `lastSeen` what the listener saw last, in an
   * earlier connection. Missed changes are told at once: one by one where they are remembered, else as a reset.
   */
  join(siteId: string, seen: { current: bigint; lastSeen: bigint | undefined }, tell: (told: Told) => void): () => void;
  changed(siteId: string, change: SiteChange): void;
  /** Changes may have been lost, of one site or of all: nothing remembered can be trusted to be complete. */
  lost(siteId: string | null): void;
};

type Site = { recent: SiteChange[]; readonly listeners: Set<(told: Told) => void> };

const rememberedChanges = 200;

const toldOf = ({ generation, ids }: SiteChange): Told =>
  ids === null ? { kind: 'reset', position: generation } : { kind: 'changed', position: generation, ids };

const missed = (recent: readonly SiteChange[], current: bigint, lastSeen: bigint | undefined): Told[] => {
  const after = lastSeen ?? current;
  const newest = recent.at(-1)?.generation ?? 0n;
  const isUnbroken = after === current || recent.some(({ generation }) => generation === after);
  if (!isUnbroken) return [{ kind: 'reset', position: newest > current ? newest : current }];
  return recent.filter(({ generation }) => generation > after).map(toldOf);
};

/** The latest changes of every site that somebody watches or has changed lately, and who is to be told of them. */
export const createLiveChanges = (): LiveChanges => {
  const sites = new Map<string, Site>();
  const siteOf = (siteId: string): Site => {
    const known = sites.get(siteId) ?? { recent: [], listeners: new Set() };
    sites.set(siteId, known);
    return known;
  };
  const forget = ({ recent, listeners }: Site): void => {
    const position = recent.at(-1)?.generation ?? 0n;
    recent.length = 0;
    for (const tell of listeners) tell({ kind: 'reset', position });
  };

  return {
    join: (siteId, { current, lastSeen }, tell) => {
      const site = siteOf(siteId);
      for (const told of missed(site.recent, current, lastSeen)) tell(told);
      site.listeners.add(tell);
      return () => site.listeners.delete(tell);
    },
    changed: (siteId, change) => {
      const site = siteOf(siteId);
      // A message may come twice.
      if (site.recent.at(-1)?.generation === change.generation) return;
      site.recent.push(change);
      if (site.recent.length > rememberedChanges) site.recent.shift();
      for (const tell of site.listeners) tell(toldOf(change));
    },
    lost: (siteId) => {
      if (siteId === null) for (const site of sites.values()) forget(site);
      else forget(siteOf(siteId));
    },
  };
};
