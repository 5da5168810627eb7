import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { longestSharedTtlMs, type SharedCache } from './cache.ts';

export type SharedCacheUnderTest = {
  readonly cache: SharedCache;
  /** A second instance of a service that shares the same server. */
  readonly other: SharedCache;
  /** Forgets everything, as an operator or a full memory would. */
  flush(): Promise<void>;
  /** Milliseconds that the entry will still be kept. */
  remainingMs(key: string): Promise<number>;
  close(): Promise<void>;
};

/** The suite that every implementation of `SharedCache` passes. */
export const sharedCacheContract = (name: string, open: () => Promise<SharedCacheUnderTest>): void => {
  describe(name, () => {
    let server: SharedCacheUnderTest;
    let cache: SharedCache;
    let key = '';
    beforeEach(async () => {
      server = await open();
      cache = server.cache;
      key = `test:${randomUUID()}`;
      await cache.check();
      await server.other.check();
    });
    afterEach(() => server.close());

    it('gives back what another instance stored, the newest, and nothing for what nobody stored', async () => {
      expect(await cache.get(key)).toBeUndefined();
      await cache.set(key, 'first', 60_000);
      expect(await server.other.get(key)).toBe('first');
      await server.other.set(key, 'second', 60_000);
      expect(await cache.get(key)).toBe('second');
    });

    it('forgets an entry when its time is over, however long it was asked to keep it', async () => {
      await cache.set(key, 'short', 40);
      while ((await cache.get(key)) !== undefined) await new Promise((resolve) => setImmediate(resolve));
      await cache.set(key, 'long', 24 * 3_600_000);
      expect(await server.remainingMs(key)).toBeLessThan(longestSharedTtlMs + 1_000);
      expect(await server.remainingMs(key)).toBeGreaterThan(longestSharedTtlMs - 10_000);
      await cache.set(key, 'never', 0);
      expect(await cache.get(key)).toBe('long');
    });

    it('counts the time anew when an entry is stored again', async () => {
      await cache.set(key, 'value', 60_000);
      await cache.set(key, 'value', 120_000);
      expect(await server.remainingMs(key)).toBeGreaterThan(60_000);
    });

    it('goes on when it is emptied while in use', async () => {
      await cache.set(key, 'value', 60_000);
      const reading = Array.from({ length: 50 }, () => cache.get(key));
      await server.flush();
      for (const value of await Promise.all(reading)) expect([undefined, 'value']).toContain(value);
      expect(await cache.get(key)).toBeUndefined();
      await cache.set(key, 'again', 60_000);
      expect(await cache.get(key)).toBe('again');
    });

    it.each([
      ['nothing at all', ''],
      ['line ends and zero', 'a\r\nb\u0000c'],
      ['accents, emoji and Chinese', 'Jérémy 🙂 會議'],
      ['a whole page', `${'{"title":"Quarterly review"},'.repeat(20_000)}`],
    ])('keeps text as it is: %s', async (_what, text) => {
      await cache.set(key, text, 60_000);
      expect(await server.other.get(key)).toBe(text);
    });
  });
};
