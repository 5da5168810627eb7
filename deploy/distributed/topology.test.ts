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

it('tells only the command APIs of the mail server, and where the links in mails lead', async () => {
  const mail = { SMTP_URL: 'smtp://user:hidden@mail.example.org', MAIL_FROM: 'ims@example.org', PORT: '4000' };
  const { services, gateway } = await plan(mail);
  const told = [...services, gateway].filter((one) => JSON.stringify(one).includes('hidden'));
  expect(told.map(({ name, environment }) => [name, environment.IMS_PUBLIC_URL, environment.MAIL_FROM])).toEqual([
    ['command-api-1', 'http://localhost:4000', 'ims@example.org'],
    ['command-api-2', 'http://localhost:4000', 'ims@example.org'],
  ]);
});

it('tells the secrets of OIDC clients to the command APIs alone', async () => {
  const issuer = {
    name: 'house',
    label: 'House',
    issuer: 'https://id.example.org',
    clientId: 'ims',
    algorithms: ['RS256'],
  };
  const { services, gateway } = await plan({
    OIDC_ISSUERS: JSON.stringify([issuer]),
    OIDC_CLIENT_SECRET_HOUSE: 'only for those who sign people in',
  });
  const told = [...services, gateway].filter((one) =>
    JSON.stringify(one).includes('only for those who sign people in'),
  );
  expect(told.map(({ name }) => name)).toEqual(['command-api-1', 'command-api-2']);
  expect(services.find(({ name }) => name === 'query-api-1')?.environment.OIDC_ISSUERS).toContain('id.example.org');
});
