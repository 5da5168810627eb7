import { describe, expect, it } from 'vitest';
import { createReadThrough, type LookupResult, type SharedCache } from './cache.ts';
import { createMemoryCache } from './memory-cache.ts';

type Told = { readonly result: LookupResult; readonly ageSeconds: number };

const arrange = (options: { shared?: SharedCache; maxEntries?: number; parse?: (text: string) => string } = {}) => {
  const told: Told[] = [];
  const clock = { now: 1_000_000 };
  const pages = createReadThrough<string>({
    name: 'pages',
    maxEntries: options.maxEntries ?? 10,
    ttlMs: 10_000,
    shared: options.shared,
    serialize: (value) => value,
    parse: options.parse ?? ((text) => text),
    metrics: { looked: (_cache, result, ageSeconds) => void told.push({ result, ageSeconds }) },
    now: () => clock.now,
  });
  let loads = 0;
  const read = (key: string, storeUnder: string | undefined = key): Promise<string> =>
    pages.read(key, () => {
      loads += 1;
      return Promise.resolve({ value: `${storeUnder}, load ${loads}`, storeUnder });
    });
  return { pages, read, told, clock, loads: () => loads };
};

describe('A page', () => {
  it('is read once and then comes from the process', async () => {
    const { read, told, clock } = arrange();
    expect(await read('a@1')).toBe('a@1, load 1');
    clock.now += 3_000;
    expect(await read('a@1')).toBe('a@1, load 1');
    expect(told).toEqual([
      { result: 'miss', ageSeconds: 0 },
      { result: 'local', ageSeconds: 3 },
    ]);
  });

  it('that many ask for at once is read once', async () => {
    const { read, loads } = arrange({ shared: createMemoryCache() });
    const answers = await Promise.all(Array.from({ length: 20 }, () => read('a@1')));
    expect(new Set(answers)).toEqual(new Set(['a@1, load 1']));
    expect(loads()).toBe(1);
  });

  it('that was newer than its reader knew is found by those who know of it alone', async () => {
    const { read } = arrange();
    expect(await read('a@1', 'a@2')).toBe('a@2, load 1');
    expect(await read('a@2')).toBe('a@2, load 1');
    expect(await read('a@1')).toBe('a@1, load 2');
  });

  it('that may not be stored is read every time', async () => {
    const { read, pages } = arrange();
    const load = () => Promise.resolve({ value: 'not kept', storeUnder: undefined });
    await pages.read('a', load);
    expect(pages.size()).toBe(0);
    expect(await read('a')).toBe('a, load 1');
  });

  it('that could not be read fails for all who waited, and is read anew', async () => {
    const { pages, read } = arrange();
    const failing = () => Promise.reject(new Error('The database is away.'));
    const answers = await Promise.allSettled([pages.read('a', failing), pages.read('a', failing)]);
    expect(answers.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(await read('a')).toBe('a, load 1');
  });

  it('is read anew when it is too old, counted from its reading, also after a stay in the shared cache', async () => {
    const shared = createMemoryCache();
    const [one, other] = [arrange({ shared }), arrange({ shared })];
    await one.read('a@1');
    other.clock.now += 9_000;
    expect(await other.read('a@1')).toBe('a@1, load 1');
    expect(other.told).toEqual([{ result: 'shared', ageSeconds: 9 }]);
    other.clock.now += 1_000;
    await other.read('a@1');
    expect(other.loads()).toBe(1);
  });

  it('makes room for others', async () => {
    const { read, pages } = arrange({ maxEntries: 2 });
    for (const key of ['a', 'b', 'c']) await read(key);
    expect(pages.size()).toBe(2);
    pages.clear();
    expect(pages.size()).toBe(0);
  });

  it.each([undefined, createMemoryCache()])('that is large makes room by its size', async (shared) => {
    const large = createReadThrough<string>({
      name: 'large',
      maxEntries: 100,
      maxSize: 1_000,
      ttlMs: 10_000,
      shared,
      serialize: String,
      parse: String,
    });
    const load = (key: string, length: number) =>
      large.read(key, async () => ({ value: 'x'.repeat(length), storeUnder: key }));
    for (const key of ['a', 'b', 'c']) await load(key, 400);
    expect(large.size()).toBe(2);
    await load('too large', 2_000);
    expect(large.size()).toBeLessThanOrEqual(2);
  });
});

describe('What the shared cache holds', () => {
  it.each(['', 'no time', '\nno time', 'x\n{}'])('is not believed when it is not ours: %j', async (text) => {
    const shared = createMemoryCache();
    await shared.set('pages:a@1', text, 60_000);
    expect(await arrange({ shared }).read('a@1')).toBe('a@1, load 1');
  });

  it('is not believed when it cannot be understood', async () => {
    const shared = createMemoryCache();
    await arrange({ shared }).read('a@1');
    const other = arrange({
      shared,
      parse: () => {
        throw new Error('of another version');
      },
    });
    expect(await other.read('a@1')).toBe('a@1, load 1');
    expect(other.told).toEqual([{ result: 'miss', ageSeconds: 0 }]);
  });
});
