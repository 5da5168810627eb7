import type pg from 'pg';
import { everySite, type ReadState, type Versions } from './read-state.ts';
import { createInSnapshot, type ReadAnswer, type Snapshot, StaleVersions, type Statement } from './snapshot.ts';

/** The rows of one site in one moment. In its statements `$1` is the site; `values` begin at `$2`. */
export type SiteSnapshot = Snapshot & { readonly siteId: string };

export type SiteScope = {
  /**
   * Reads rows of one site. `work` runs again when it read tables whose version is no longer the active one, so it must
   * do nothing but read.
   */
  read<Value>(siteId: string, work: (snapshot: SiteSnapshot) => Promise<Value>): Promise<ReadAnswer<Value>>;
};

export type SharedTables = {
  /** Reads tables that belong to no site (people, sites, memberships) in the same way. */
  read<Value>(work: (snapshot: Snapshot) => Promise<Value>): Promise<ReadAnswer<Value>>;
};

/** Told of the state of every read, and when the read began by the clock given. */
export type Learn = { clock(): number; learn(siteId: string, state: ReadState, startedAt: number): void };

const begin = 'begin isolation level repeatable read read only';
const siteIdPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const attempts = 3;
/** Sites that read another version than 1. */
const rememberedSites = 10_000;

/** Tables are read under the version seen last, and again when the snapshot says that it has changed. */
const withVersions = () => {
  const lastSeen = new Map<string, Versions>();
  return async <Value>(key: string, read: (versions: Versions) => Promise<ReadAnswer<Value>>) => {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await read(lastSeen.get(key) ?? {});
      } catch (error) {
        if (!(error instanceof StaleVersions) || attempt === attempts) throw error;
        // What is forgotten is found out again by the next read.
        if (lastSeen.size >= rememberedSites) lastSeen.clear();
        lastSeen.set(key, error.state.versions);
      }
    }
  };
};

const scoped = (snapshot: Snapshot, siteId: string): SiteSnapshot => ({
  siteId,
  versions: snapshot.versions,
  askedAll: snapshot.askedAll,
  rows: ({ text, values }: Statement) => {
    if (!text.includes('site_id = $1')) throw new Error('A statement over site rows must say site_id = $1.');
    return snapshot.rows({ text, values: [siteId, ...values] });
  },
});

const learning = async <Value>(
  learner: Learn | undefined,
  siteId: string,
  read: () => Promise<ReadAnswer<Value>>,
): Promise<ReadAnswer<Value>> => {
  const startedAt = learner?.clock() ?? 0;
  const answer = await read();
  learner?.learn(siteId, answer.state, startedAt);
  return answer;
};

/**
 * The only door to a site's rows. Three locks, each enough alone: every statement says `site_id = $1`, which is set
 * here; row-level security compares with `ims.site`, which lives and dies with the transaction; the role owns nothing.
 */
export const createSiteScope = (pool: pg.Pool, learner?: Learn): SiteScope => {
  const inSnapshot = createInSnapshot(pool);
  const versioned = withVersions();
  return {
    read: (siteId, work) => {
      if (!siteIdPattern.test(siteId)) throw new Error('A site scope needs the id of a site.');
      const opening = `${begin}; set local ims.site = '${siteId}'`;
      return versioned(siteId, (versions) =>
        learning(learner, siteId, () => inSnapshot(opening, versions, (snapshot) => work(scoped(snapshot, siteId)))),
      );
    },
  };
};

export const createSharedTables = (pool: pg.Pool, learner?: Learn): SharedTables => {
  const inSnapshot = createInSnapshot(pool);
  const versioned = withVersions();
  return {
    read: (work) => versioned('', (versions) => learning(learner, everySite, () => inSnapshot(begin, versions, work))),
  };
};
