import type { CryptoKey } from 'jose';

export type KeyCache = {
  /** The key of this name; undefined when the source has none. Throws while the source was never reached. */
  find(name: string): Promise<CryptoKey | undefined>;
};

export type KeyCacheOptions = {
  /** Milliseconds since 1970. */
  readonly now?: () => number;
  /** How long nobody asks again after the source failed before it ever answered; default 0. */
  readonly pauseAfterFailureMs?: number;
};

type Loaded = { readonly keys: ReadonlyMap<string, CryptoKey>; readonly at: number };

/** Between two look-ups for a key that is not there; without it forged key ids would be a way to load the source. */
const pauseMs = 10_000;
/** A key that its source withdrew is forgotten after this time, unless the source is away. */
const freshMs = 300_000;

/**
 * Loads keys when one is not known yet, at most once in 10 s, and again behind the callers' backs every 5 minutes. The
 * last good keys stay in use while the source is away; with none loaded yet its error is thrown.
 */
export const createKeyCache = (
  load: () => Promise<ReadonlyMap<string, CryptoKey>>,
  { now = Date.now, pauseAfterFailureMs = 0 }: KeyCacheOptions = {},
): KeyCache => {
  let loaded: Loaded | undefined;
  let loading: Promise<Loaded> | undefined;
  let failed: { readonly error: unknown; readonly at: number } | undefined;
  const keepOld = (error: unknown): Loaded => {
    failed = { error, at: now() };
    if (!loaded) throw error;
    return { keys: loaded.keys, at: now() };
  };
  const reload = (): Promise<Loaded> => {
    loading ??= load()
      .then((keys) => ({ keys, at: now() }), keepOld)
      .then((result) => {
        loaded = result;
        return result;
      })
      .finally(() => {
        loading = undefined;
      });
    return loading;
  };
  return {
    find: async (name) => {
      const known = loaded?.keys.get(name);
      if (loaded && known) {
        // Its failure is kept in mind and never the caller's.
        if (now() - loaded.at > freshMs) reload().catch(() => undefined);
        return known;
      }
      if (loaded && now() - loaded.at < pauseMs) return undefined;
      if (!loaded && failed && now() - failed.at < pauseAfterFailureMs) throw failed.error;
      return (await reload()).keys.get(name);
    },
  };
};
