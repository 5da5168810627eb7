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
  /** Totals of the site changed: told where their records were told before them, with a position and no record. */
  counted(siteId: string, generation: bigint): void;
  /** Changes were lost, of one site or of all: nothing remembered is complete. `generation`: the newest, where known. */
  lost(siteId: string | null, generation?: bigint): void;
  /** How many sites are remembered. */
  size(): number;
};

type Site = {
  readonly recent: SiteChange[];
  /** How many ids stand in `recent`. */
  ids: number;
  newest: bigint;
  /** Records were told whose totals may still be the old ones. */
  awaitsTotals: boolean;
  readonly listeners: Set<(told: Told) => void>;
};

const rememberedChanges = 200;
const rememberedIds = 2_000;
/** Sites that nobody listens to: somebody may come back. */
const rememberedSites = 200;

const toldOf = ({ generation, ids }: SiteChange): Told =>
  ids === null ? { kind: 'reset', position: generation } : { kind: 'changed', position: generation, ids };

const missed = ({ recent, newest }: Site, current: bigint, lastSeen: bigint | undefined): Told[] => {
  const after = lastSeen ?? current;
  const isUnbroken = after === current || recent.some(({ generation }) => generation === after);
  if (!isUnbroken) return [{ kind: 'reset', position: newest > current ? newest : current }];
  return recent.filter(({ generation }) => generation > after).map(toldOf);
};

const remember = (site: Site, change: SiteChange): void => {
  site.recent.push(change);
  if (change.generation > site.newest) site.newest = change.generation;
  site.ids += change.ids?.length ?? 0;
  while (site.recent.length > rememberedChanges || site.ids > rememberedIds) {
    site.ids -= site.recent.shift()?.ids?.length ?? 0;
  }
};

const forget = (site: Site, generation: bigint | undefined): void => {
  site.recent.length = 0;
  site.ids = 0;
  // May be lower than it was: a restored database.
  if (generation !== undefined) site.newest = generation;
  for (const tell of site.listeners) tell({ kind: 'reset', position: site.newest });
};

/** The latest changes of every site that somebody watches or has changed lately, and who is to be told of them. */
export const createLiveChanges = (): LiveChanges => {
  /** The site that was touched last stands at the end. */
  const sites = new Map<string, Site>();
  const touch = (siteId: string): Site => {
    const site = sites.get(siteId) ?? { recent: [], ids: 0, newest: 0n, awaitsTotals: false, listeners: new Set() };
    sites.delete(siteId);
    sites.set(siteId, site);
    if (sites.size > rememberedSites) dropIdle();
    return site;
  };
  const dropIdle = (): void => {
    const idle = [...sites].filter(([, { listeners }]) => listeners.size === 0);
    for (const [siteId] of idle.slice(0, Math.max(0, idle.length - rememberedSites))) sites.delete(siteId);
  };

  return {
    join: (siteId, { current, lastSeen }, tell) => {
      const site = touch(siteId);
      for (const told of missed(site, current, lastSeen)) tell(told);
      if (current > site.newest) site.newest = current;
      site.listeners.add(tell);
      return () => site.listeners.delete(tell);
    },
    changed: (siteId, change) => {
      const site = touch(siteId);
      // A message may come twice, or after a reset that included it.
      if (change.generation <= (site.recent.at(-1)?.generation ?? -1n)) return;
      remember(site, change);
      site.awaitsTotals = true;
      for (const tell of site.listeners) tell(toldOf(change));
    },
    counted: (siteId, generation) => {
      const site = sites.get(siteId);
      if (!site?.awaitsTotals) return;
      site.awaitsTotals = generation < site.newest;
      for (const tell of site.listeners) tell({ kind: 'changed', position: site.newest, ids: [] });
    },
    lost: (siteId, generation) => {
      if (siteId === null) for (const site of sites.values()) forget(site, generation);
      else forget(touch(siteId), generation);
    },
    size: () => sites.size,
  };
};
