import { expect, it } from 'vitest';
import { createLogger } from '../observability/logger.ts';
import { openMessages } from './open-messages.ts';

const server = {
  databaseUrl: 'postgres://nobody@127.0.0.1:1/ims',
  applicationName: 'test',
  logger: createLogger({ component: 'messages-test', level: 'silent' }),
};
const change = { projection: 'interactions', siteId: null, generation: '1', ids: null };

it.each([
  ['PostgreSQL', { MESSAGES: 'postgres' as const }],
  ['NATS', { MESSAGES: 'nats' as const, NATS_URL: 'nats://127.0.0.1:1' }],
])('says so at once where there is no %s at the address', async (_engine, config) => {
  const messages = openMessages(config, server);
  await expect(messages.check()).rejects.toThrow();
  await expect(messages.publish([change])).rejects.toThrow();
  await messages.close();
});

it('is not opened without an address', () => {
  expect(() => openMessages({ MESSAGES: 'nats' }, server)).toThrow('NATS_URL');
});
