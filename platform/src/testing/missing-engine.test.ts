import { afterEach, expect, it, vi } from 'vitest';
import { missingEngine, mustRun } from './missing-engine.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

it('names what is missing, and nothing that can run', () => {
  vi.stubEnv('PATH', '/nowhere');
  vi.stubEnv('NATS_URL', '');
  vi.stubEnv('REDIS_URL', 'redis://redis.example:6379');
  vi.stubEnv('EVENTSTORE_URL', '');
  expect(missingEngine('NATS')).toBe('NATS (no nats-server on PATH and no NATS_URL)');
  expect(missingEngine('Redis')).toBeUndefined();
  expect(missingEngine('EventStoreDB')).toBe('EventStoreDB (no EVENTSTORE_URL)');
});

it('kills no server that others may use', () => {
  vi.stubEnv('PATH', '/nowhere');
  vi.stubEnv('REDIS_URL', 'redis://redis.example:6379');
  vi.stubEnv('EVENTSTORE_URL', 'esdb://node.example:2113');
  vi.stubEnv('EVENTSTORE_COMMAND', '');
  expect(missingEngine('Redis', { own: true })).toBe('Redis to kill and restart (no redis-server on PATH)');
  expect(missingEngine('EventStoreDB', { own: true })).toBe('EventStoreDB to kill and restart (no EVENTSTORE_COMMAND)');
});

it('lets NATS and Redis be missing everywhere but in CI', () => {
  vi.stubEnv('CI', '');
  expect(mustRun('NATS')).toBe(false);
  vi.stubEnv('CI', 'true');
  expect([mustRun('NATS'), mustRun('Redis'), mustRun('EventStoreDB')]).toEqual([true, true, false]);
});
