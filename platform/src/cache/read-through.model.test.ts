import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LookupResult } from './cache.ts';
import {
  byDeletion,
  byGeneration,
  byLateGeneration,
  createWorld,
  type Fate,
  type Operation,
  type Protocol,
  siteCount,
} from './caching-model.ts';

const schedules = 20_000;
const seed = Number(process.env.IMS_MODEL_SEED ?? 20_261_121);

const instance = fc.constantFrom<0 | 1>(0, 1);
/** Mostly one site, because things go wrong where readers and writers meet. */
const site = fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.nat({ max: siteCount - 1 }));
const fate = fc.constantFrom<Fate>('comes', 'comes', 'lost', 'twice');
const fails = fc.nat({ max: 9 }).map((number) => number === 9);
const operation: fc.Arbitrary<Operation> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('read' as const), instance, site, fails }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('commit' as const), site, fates: fc.tuple(fate, fate) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('poll' as const), instance }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('forget' as const), instance }) },
  { weight: 1, arbitrary: fc.constantFrom<Operation>({ kind: 'flush' }, { kind: 'redis fails' }) },
);

const runs = async (protocol: Protocol, numRuns: number) => {
  const looked: Record<LookupResult, number> = { local: 0, shared: 0, miss: 0 };
  const metrics = {
    looked: (_cache: string, result: LookupResult): void => {
      looked[result] += 1;
    },
  };
  const property = fc.asyncProperty(
    fc.scheduler(),
    fc.array(operation, { minLength: 4, maxLength: 14 }),
    async (scheduler, operations) => {
      const world = createWorld(scheduler, protocol, metrics);
      const performed = operations.map((step) =>
        scheduler.schedule(Promise.resolve(), step.kind).then(() => world.perform(step)),
      );
      await scheduler.waitFor(Promise.all(performed));
      // Late writers, too, are done before everybody looks again.
      await scheduler.waitIdle();
      await world.settle();
    },
  );
  return { result: await fc.check(property, { seed, numRuns, endOnFailure: true }), looked };
};

describe('Answers from the cache', () => {
  it(`are never older than what the reader knew, and never stale for ever (${schedules} schedules)`, async () => {
    const startedAt = performance.now();
    const { result, looked } = await runs(byGeneration, schedules);
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
    process.stdout.write(`caching model: ${result.numRuns} schedules, seed ${result.seed}, ${seconds} s\n`);
    expect(result.failed, fc.defaultReportMessage(result) ?? '').toBe(false);
    expect(result.numRuns).toBe(schedules);
    // A model in which the cache never answers would prove nothing.
    expect(Math.min(looked.local, looked.shared, looked.miss)).toBeGreaterThan(schedules / 10);
  }, 120_000);

  it.each([
    ['the key is deleted on a message instead of naming the generation', byDeletion],
    ['the generation is read apart from the rows', byLateGeneration],
  ])(
    'are found to be stale where %s',
    async (_mistake, protocol) => {
      const { result } = await runs(protocol, schedules);
      expect(result.failed).toBe(true);
      expect(String(result.errorInstance)).toContain('Violation');
    },
    120_000,
  );
});
