import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RateLimitStore } from './rate-limit.ts';

export type RateLimitStoreUnderTest = {
  /** The stores of two instances of a service; the same one where nothing is shared. */
  readonly stores: readonly [RateLimitStore, RateLimitStore];
  close(): Promise<void>;
};

/** The suite that every implementation of `RateLimitStore` passes. */
export const rateLimitContract = (name: string, open: () => Promise<RateLimitStoreUnderTest>): void => {
  describe(name, () => {
    let server: RateLimitStoreUnderTest;
    beforeAll(async () => {
      server = await open();
    });
    afterAll(() => server.close());

    it('counts the calls of one and not of the other', async () => {
      const [store] = server.stores;
      const [someone, another] = [randomUUID(), randomUUID()];
      expect((await store.hit(someone, 60_000)).count).toBe(1);
      expect((await store.hit(someone, 60_000)).count).toBe(2);
      const first = await store.hit(another, 60_000);
      expect(first.count).toBe(1);
      expect(first.resetsInMs).toBeGreaterThan(59_000);
      expect(first.resetsInMs).toBeLessThanOrEqual(60_000);
    });

    it('counts every call when many come at once over two instances', async () => {
      const key = randomUUID();
      const hits = await Promise.all(
        Array.from({ length: 30 }, (_, index) => server.stores[index % 2 === 0 ? 0 : 1].hit(key, 60_000)),
      );
      const counts = hits.map(({ count }) => count).sort((one, other) => one - other);
      expect(counts).toEqual(Array.from({ length: 30 }, (_, index) => index + 1));
    });

    it('counts anew when the window has passed, which later calls do not make longer', async () => {
      const [store] = server.stores;
      const key = randomUUID();
      const startedAt = performance.now();
      let calls = 1;
      expect((await store.hit(key, 100)).count).toBe(1);
      while ((await store.hit(key, 100)).count > 1) calls += 1;
      expect(calls).toBeGreaterThan(1);
      expect(performance.now() - startedAt).toBeGreaterThan(90);
    });
  });
};
