import { LRUCache } from 'lru-cache';

/**
 * What all instances of a service know together. It never throws: where it cannot be reached, `get` knows nothing and
 * `set` does nothing, each within about 50 ms. It may forget at any time. Every implementation passes the suite in
 * `shared-cache.contract.ts`.
 */
export type SharedCache = {
  get(key: string): Promise<string | undefined>;
  /** Kept for `ttlMs`, at most `longestSharedTtlMs`. */
  set(key: string, value: string, ttlMs: number): Promise<void>;
  /** Rejects when it cannot be reached; with `EngineRefused` when it does not let us in. */
  check(): Promise<void>;
  close(): Promise<void>;
};

/** Nothing stays in the shared cache longer, because erased persons must be gone from it. */
export const longestSharedTtlMs = 600_000;

/** Where an answer was found: in this process, in the shared cache, or nowhere. */
export type LookupResult = 'local' | 'shared' | 'miss';

/** Told of every lookup; `ageSeconds` is how long ago the value was read from the database. */
export type CacheMetrics = {
  looked(cache: string, result: LookupResult, ageSeconds: number): void;
};

/**
 * What was read, and the key it may be stored under: the one that contains the generations read in the same snapshot
 * as the rows. That may be newer than what the reader knew. `undefined`: it is not stored.
 */
export type Loaded<Value> = { readonly value: Value; readonly storeUnder: string | undefined };

export type ReadThroughOptions<Value> = {
  /** Label of the metrics and first part of the shared keys, so two caches never meet. */
  readonly name: string;
  readonly maxEntries: number;
  /** Characters of all serialized values in this process together; default: no limit but that of the entries. */
  readonly maxSize?: number;
  /** Counted from the reading of the rows, wherever the value was in between. */
  readonly ttlMs: number;
  readonly shared?: SharedCache | undefined;
  /** Default: `ttlMs`. */
  readonly sharedTtlMs?: number;
  readonly serialize: (value: Value) => string;
  /** May throw on text of another version: then the value is read anew. */
  readonly parse: (text: string) => Value;
  readonly metrics?: CacheMetrics | undefined;
  /** Milliseconds since 1970; for tests. */
  readonly now?: () => number;
};

export type ReadThrough<Value> = {
  /**
   * The key contains every version and generation that the reader knows of; the answer is never older than those.
   * Readers of one key share one `load`, so it must not end with one reader's request. Values are shared: never change them.
   */
  read(key: string, load: () => Promise<Loaded<Value>>): Promise<Value>;
  readonly size: () => number;
  readonly clear: () => void;
};

/** `readAt`: milliseconds since 1970. */
type Entry<Value> = { readonly value: Value; readonly readAt: number };

/** Looks in this process, then in the shared cache, then loads, once for all who ask for the same key. */
export const createReadThrough = <Value>(options: ReadThroughOptions<Value>): ReadThrough<Value> => {
  const { name, ttlMs, shared, sharedTtlMs = ttlMs, metrics, now = Date.now } = options;
  const { maxEntries: max, maxSize } = options;
  const local = new LRUCache<string, Entry<Value>>(maxSize === undefined ? { max } : { max, maxSize });
  const flights = new Map<string, Promise<Value>>();

  const fresh = (entry: Entry<Value> | undefined): Entry<Value> | undefined =>
    entry && now() - entry.readAt < ttlMs ? entry : undefined;
  const told = (result: LookupResult, entry: Entry<Value>): Value => {
    metrics?.looked(name, result, Math.max(0, now() - entry.readAt) / 1000);
    return entry.value;
  };
  const keep = (key: string, entry: Entry<Value>, text: string): void => {
    local.set(key, entry, maxSize === undefined ? {} : { size: text.length + 1 });
  };
  const findShared = async (key: string): Promise<Entry<Value> | undefined> => {
    const text = await shared?.get(`${name}:${key}`);
    const found = text === undefined ? undefined : fresh(unpack(text, options.parse));
    if (text !== undefined && found) keep(key, found, text);
    return found;
  };
  const store = (key: string, entry: Entry<Value>): void => {
    const text = shared || maxSize !== undefined ? options.serialize(entry.value) : '';
    keep(key, entry, text);
    // Not awaited: the reader has the answer, and storing never rejects.
    void shared?.set(`${name}:${key}`, `${entry.readAt}\n${text}`, sharedTtlMs);
  };
  const fetchOnce = async (key: string, load: () => Promise<Loaded<Value>>): Promise<Value> => {
    const found = await findShared(key);
    if (found) return told('shared', found);
    // Taken before the snapshot, so that the age is never understated.
    const readAt = now();
    const { value, storeUnder } = await load();
    const entry = { value, readAt };
    if (storeUnder !== undefined) store(storeUnder, entry);
    return told('miss', entry);
  };
  const fly = (key: string, load: () => Promise<Loaded<Value>>): Promise<Value> => {
    const flight = fetchOnce(key, load).finally(() => flights.delete(key));
    flights.set(key, flight);
    return flight;
  };

  return {
    read: (key, load) => {
      const known = fresh(local.get(key));
      return known ? Promise.resolve(told('local', known)) : (flights.get(key) ?? fly(key, load));
    },
    size: () => local.size,
    clear: () => local.clear(),
  };
};

/** The time of reading stands in the first line. */
const unpack = <Value>(text: string, parse: (text: string) => Value): Entry<Value> | undefined => {
  const end = text.indexOf('\n');
  const readAt = Number(text.slice(0, end));
  if (end < 1 || !Number.isFinite(readAt)) return undefined;
  try {
    return { value: parse(text.slice(end + 1)), readAt };
  } catch {
    return undefined;
  }
};
