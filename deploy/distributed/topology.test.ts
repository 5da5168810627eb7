import { testMasterKey } from '@ims/platform/testing/test-master-key';
import { expect, it } from 'vitest';
import { loadDistributedConfig } from './config.ts';
import { planTopology } from './topology.ts';

const plan = (environment: NodeJS.ProcessEnv) =>
  planTopology({
    config: loadDistributedConfig({ IMS_QUERY_APIS: '1', IMS_PROJECTORS: '1', ...environment }),
    home: '/ims',
    databaseUrl: 'postgres://owner:secret@db/ims',
    engines: { EVENT_LOG: 'postgres', MESSAGES: 'nats', NATS_URL: 'nats://ims:secret@nats', CACHE: 'memory' },
    masterKey: testMasterKey,
    demo: false,
  });

it('gives every process a metrics port of its own, and none where none is wanted', async () => {
  const { services, gateway } = await plan({ METRICS_PORT: '9464' });
  const ports = [...services, gateway].map(({ name, environment }) => [name, environment.METRICS_PORT]);
  expect(ports).toEqual([
    ['projector-1', '9464'],
    ['command-api-1', '9465'],
    ['command-api-2', '9466'],
    ['query-api-1', '9467'],
    ['gateway', '9468'],
  ]);
  const without = await plan({});
  expect(without.services.every(({ environment }) => environment.METRICS_PORT === undefined)).toBe(true);
  expect(() => loadDistributedConfig({ METRICS_PORT: '65530' })).toThrow('METRICS_PORT');
});

it('tells the gateway no secret, and the owner’s password to projectors alone', async () => {
  const { services, gateway } = await plan({});
  expect(JSON.stringify(gateway)).not.toMatch(/secret|MASTER_KEY|DATABASE_URL/);
  const told = services.filter(({ environment }) => environment.DATABASE_URL !== undefined).map(({ name }) => name);
  expect(told).toEqual(['projector-1']);
});
