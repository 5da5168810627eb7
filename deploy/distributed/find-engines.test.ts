import { expect, it } from 'vitest';
import { loadDistributedConfig } from './config.ts';
import { findEngines } from './find-engines.ts';

const addresses = { EVENTSTORE_URL: 'esdb://log:2113', NATS_URL: 'nats://messages', REDIS_URL: 'redis://cache' };
const find = (environment: Record<string, string>) =>
  findEngines(loadDistributedConfig(environment), { nats: 1, redis: 2 });

it('runs on the engines whose addresses are given', async () => {
  expect(await find(addresses)).toMatchObject({
    choice: { EVENT_LOG: 'eventstoredb', MESSAGES: 'nats', CACHE: 'redis', ...addresses },
    programs: [],
    description: 'event log: EventStoreDB, messages: NATS, cache: Redis',
  });
});

it('runs on the engines that are named, as every other command does', async () => {
  const named = { EVENT_LOG: 'postgres', MESSAGES: 'postgres', CACHE: 'memory' };
  for (const environment of [named, { ...addresses, ...named }]) {
    expect(await find(environment)).toMatchObject({ choice: named, programs: [] });
  }
});
