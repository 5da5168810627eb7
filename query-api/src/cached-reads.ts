import { createHash } from 'node:crypto';
import {
  type CacheMetrics,
  createReadThrough,
  longestSharedTtlMs,
  type ReadThrough,
  type SharedCache,
} from '@ims/platform/cache/cache';
import type { KnownStates } from './known-states.ts';
import { type ProjectionName, type ReadState, versionOf } from './read-state.ts';
import type { SiteScope, SiteSnapshot } from './site-scope.ts';
import type { ReadAnswer } from './snapshot.ts';

/** A read whose answer may be kept. Whoever asks may read it already: a cache asks nobody for permission. */
export type CachedCall = {
  readonly siteId: string;
  /** Every projection whose rows are in the answer. */
  readonly projections: readonly ProjectionName[];
  /** What is asked, and everything that the answer depends on beside the rows, such as what the reader may see. */
  readonly name: string;
  readonly query: unknown;
};

/** `pages`: rows and totals. `lookups`: what rows are made from, such as types and leads. */
export type CacheKind = 'pages' | 'lookups';

/** `value` is JSON: text, numbers, lists and objects of those. */
export type CachedReads = {
  read<Value>(
    kind: CacheKind,
    call: CachedCall,
    work: (snapshot: SiteSnapshot) => Promise<Value>,
  ): Promise<ReadAnswer<Value>>;
};

export type CachedReadsOptions = {
  readonly scope: SiteScope;
  readonly known: KnownStates;
  /** Of this program: another one's answers may have another shape. */
  readonly version: string;
  readonly shared?: SharedCache | undefined;
  readonly metrics?: CacheMetrics | undefined;
};

/** Raise when the shape of a cached answer changes: processes of two releases share one cache while one replaces the other. */
const shape = 1;

const minuteMs = 60_000;
const megabyte = 1_048_576;
const limits = {
  pages: { maxEntries: 5_000, maxSize: 32 * megabyte, ttlMs: 5 * minuteMs },
  lookups: { maxEntries: 5_000, maxSize: 4 * megabyte, ttlMs: 60 * minuteMs },
} as const satisfies Record<CacheKind, unknown>;

type Answer = ReadAnswer<unknown>;

/** Positions and generations are bigint, which JSON does not have. */
const serialize = ({ value, state }: Answer): string =>
  JSON.stringify({ value, state }, (_name, part) => (typeof part === 'bigint' ? part.toString() : part));

const bigints = (marks: Readonly<Record<string, string>>): Readonly<Record<string, bigint>> =>
  Object.fromEntries(Object.entries(marks).map(([name, mark]) => [name, BigInt(mark)]));

const parse = (text: string): Answer => {
  const { value, state } = JSON.parse(text);
  return {
    value,
    state: { ...state, positions: bigints(state.positions), generations: bigints(state.generations) },
  };
};

/**
 * The rows of a version change only together with its generation, so an answer under this key is right for as long as
 * the key is asked for. Texts that people search for are not readable in it.
 */
const keyOf = ({ siteId, projections, name, query }: CachedCall, state: ReadState, program: string): string => {
  const asked = createHash('sha256')
    .update(JSON.stringify([shape, program, query]))
    .digest('base64url');
  const tables = projections.map((one) => `${one}.${versionOf(state.versions, one)}.${state.generations[one] ?? 0n}`);
  return [siteId, name, asked, state.epoch, ...tables].join(' ');
};

/** As the rows have not changed since, the answer includes everything up to where their projection is known to be. */
const upToDate = (state: ReadState, known: ReadState, projections: readonly ProjectionName[]): ReadState => {
  if (state.epoch !== known.epoch) return state;
  const positions: Partial<Record<ProjectionName, bigint>> = { ...state.positions };
  for (const name of projections) {
    const position = known.positions[name] ?? 0n;
    const isSameTable = state.versions[name] === known.versions[name];
    if (isSameTable && position > (positions[name] ?? 0n)) positions[name] = position;
  }
  return { ...state, positions };
};

/**
 * Answers about a site from memory, then from what all instances share, then from the rows. The key holds the versions
 * and generations that this process knows (a second old at most); an answer is stored under those of its own snapshot.
 */
export const createCachedReads = (options: CachedReadsOptions): CachedReads => {
  const { scope, known, version, shared, metrics } = options;
  const cacheOf = (kind: CacheKind): ReadThrough<Answer> => {
    const sharedTtlMs = Math.min(limits[kind].ttlMs, longestSharedTtlMs);
    return createReadThrough<Answer>({ name: kind, ...limits[kind], shared, sharedTtlMs, serialize, parse, metrics });
  };
  const caches = { pages: cacheOf('pages'), lookups: cacheOf('lookups') };

  return {
    read: async <Value>(kind: CacheKind, call: CachedCall, work: (snapshot: SiteSnapshot) => Promise<Value>) => {
      const state = await known.of(call.siteId);
      // Nobody knows what is new: the rows do.
      if (!state) return scope.read(call.siteId, work);
      const answer = await caches[kind].read(keyOf(call, state, version), async () => {
        const read = await scope.read(call.siteId, work);
        return { value: read, storeUnder: keyOf(call, read.state, version) };
      });
      return { value: answer.value as Value, state: upToDate(answer.state, state, call.projections) };
    },
  };
};
