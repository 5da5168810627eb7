import type { Scheduler } from 'fast-check';
import { type CacheMetrics, createReadThrough, type Loaded, type ReadThrough, type SharedCache } from './cache.ts';

/** One site's rows in the model database; `content` is told apart from every other commit. */
type Rows = { readonly generation: number; readonly content: string };

/** How answers are named in the cache, and what happens when somebody learns of a newer generation. */
export type Protocol = {
  readonly keyOf: (site: number, generation: number) => string;
  /** `before`: read with the rows in one snapshot; `after`: read when the rows had been read. */
  readonly storeUnder: (site: number, snapshot: { readonly before: number; readonly after: number }) => string;
  readonly forgetOnNews: boolean;
};

export const byGeneration: Protocol = {
  keyOf: (site, generation) => `${site}@${generation}`,
  storeUnder: (site, { before }) => `${site}@${before}`,
  forgetOnNews: false,
};

/** Cache-aside: one key per page, deleted when a message tells of a change. */
export const byDeletion: Protocol = { keyOf: String, storeUnder: String, forgetOnNews: true };

/** Generation and rows from two snapshots. */
export const byLateGeneration: Protocol = {
  ...byGeneration,
  storeUnder: (site, { after }) => `${site}@${after}`,
};

export const siteCount = 3;
export type Operation =
  | { readonly kind: 'read'; readonly instance: 0 | 1; readonly site: number; readonly fails: boolean }
  | { readonly kind: 'commit'; readonly site: number; readonly fates: readonly [Fate, Fate] }
  | { readonly kind: 'poll'; readonly instance: 0 | 1 }
  | { readonly kind: 'forget'; readonly instance: 0 | 1 }
  | { readonly kind: 'flush' }
  | { readonly kind: 'redis fails' };
/** What becomes of a message on its way to an instance. A message that comes is late by as much as the scheduler likes. */
export type Fate = 'comes' | 'lost' | 'twice';

type Instance = { readonly known: number[]; readonly cache: ReadThrough<string> };

export type World = {
  perform(operation: Operation): Promise<void>;
  /** One poll by everybody, and then everybody reads everything. */
  settle(): Promise<void>;
};

/** The read-through code, twice, over one model database and one model Redis; throws on an answer that is too old. */
export const createWorld = (scheduler: Scheduler, protocol: Protocol, metrics: CacheMetrics): World => {
  const database: Rows[] = Array.from({ length: siteCount }, (_, site) => ({ generation: 0, content: `${site}:0` }));
  let isSettled = false;
  const turn = (what: string): Promise<void> =>
    isSettled ? Promise.resolve() : scheduler.schedule(Promise.resolve(), what);
  const redis = modelRedis(turn);
  const instances = [0, 1].map(() => createInstance(redis.cache, metrics)) as [Instance, Instance];
  const rowsOf = (site: number): Rows => database[site] ?? { generation: 0, content: '' };

  const load = async (site: number, fails: boolean): Promise<Loaded<string>> => {
    await turn('snapshot');
    const { generation: before, content } = rowsOf(site);
    await turn('rows arrive');
    if (fails) throw new Error('The database failed.');
    return { value: content, storeUnder: protocol.storeUnder(site, { before, after: rowsOf(site).generation }) };
  };
  const read = async ({ known, cache }: Instance, site: number, fails = false): Promise<string> => {
    const knew = known[site] ?? 0;
    const answer = await cache.read(protocol.keyOf(site, knew), () => load(site, fails));
    const [answeredSite, generation] = answer.split(':').map(Number);
    if (answeredSite !== site) throw new Violation(`Site ${site} was answered with site ${answeredSite}.`);
    if ((generation ?? -1) < knew) throw new Violation(`An answer of ${generation} to a reader who knew ${knew}.`);
    return answer;
  };
  const learn = ({ known, cache }: Instance, site: number, generation: number): void => {
    if (generation <= (known[site] ?? 0)) return;
    known[site] = generation;
    if (!protocol.forgetOnNews) return;
    cache.clear();
    redis.forget(`pages:${protocol.keyOf(site, generation)}`);
  };
  const poll = (instance: Instance): void => {
    for (const [site, { generation }] of database.entries()) learn(instance, site, generation);
  };
  const tell = async (instance: Instance, site: number, generation: number, fate: Fate): Promise<void> => {
    const copies = { comes: 1, lost: 0, twice: 2 }[fate];
    const deliver = (): Promise<void> => turn('message').then(() => learn(instance, site, generation));
    await Promise.all(Array.from({ length: copies }, deliver));
  };
  const commit = async (site: number, fates: readonly [Fate, Fate]): Promise<void> => {
    const generation = rowsOf(site).generation + 1;
    database[site] = { generation, content: `${site}:${generation}` };
    await Promise.all(instances.map((instance, index) => tell(instance, site, generation, fates[index] ?? 'lost')));
  };

  return {
    perform: async (operation) => {
      if (operation.kind === 'commit') return commit(operation.site, operation.fates);
      if (operation.kind === 'flush') return redis.flush();
      if (operation.kind === 'redis fails') return redis.failOnce();
      const instance = instances[operation.instance];
      if (operation.kind === 'poll') return poll(instance);
      if (operation.kind === 'forget') return instance.cache.clear();
      await read(instance, operation.site, operation.fails).catch(onlyViolations);
    },
    settle: async () => {
      isSettled = true;
      for (const instance of instances) poll(instance);
      for (const instance of instances) {
        for (const [site, { content }] of database.entries()) {
          const answer = await read(instance, site);
          if (answer !== content) throw new Violation(`For ever ${answer} instead of ${content}.`);
        }
      }
    },
  };
};

class Violation extends Error {
  override readonly name = 'Violation';
}

const onlyViolations = (error: unknown): void => {
  if (error instanceof Violation) throw error;
};

/** Two entries for three sites, so that the cache evicts; the clock stands, so that nothing stale ever expires. */
const createInstance = (shared: SharedCache, metrics: CacheMetrics): Instance => ({
  known: Array.from({ length: siteCount }, () => 0),
  cache: createReadThrough<string>({
    name: 'pages',
    maxEntries: 2,
    ttlMs: 1,
    shared,
    serialize: String,
    parse: String,
    metrics,
    now: () => 0,
  }),
});

/** Answers and stores as late as the scheduler likes. */
const modelRedis = (turn: (what: string) => Promise<void>) => {
  const entries = new Map<string, string>();
  let failing = 0;
  const fails = (): boolean => {
    if (failing === 0) return false;
    failing -= 1;
    return true;
  };
  const cache: SharedCache = {
    get: async (key) => {
      await turn('redis get');
      const value = fails() ? undefined : entries.get(key);
      await turn('redis answers');
      return value;
    },
    set: async (key, value) => {
      await turn('redis set');
      if (!fails()) entries.set(key, value);
    },
    check: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
  return {
    cache,
    flush: () => entries.clear(),
    forget: (key: string) => void entries.delete(key),
    failOnce: () => {
      failing += 1;
    },
  };
};
