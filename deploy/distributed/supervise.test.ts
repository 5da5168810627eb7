import { EventEmitter, once } from 'node:events';
import { createLogger } from '@ims/platform/observability/logger';
import { expect, it } from 'vitest';
import { childEnvironment, keepRunning } from './supervise.ts';

it('tells a child nothing that could be a secret, but what is meant for it', () => {
  const ours = {
    PATH: '/bin',
    HOME: '/home/ims',
    NODE_OPTIONS: '--no-warnings',
    DATABASE_URL: 'postgres://owner:secret@db/ims',
    IMS_ADMIN_PASSWORD: 'secret',
    PGPASSWORD: 'secret',
  };
  expect(childEnvironment({ PORT: '3001' }, ours)).toEqual({
    PATH: '/bin',
    HOME: '/home/ims',
    NODE_OPTIONS: '--no-warnings',
    PORT: '3001',
    END_WITH_PARENT: 'on',
  });
});

it('says what a service said that ends at once again and again', async () => {
  const script = "process.stderr.write('NATS refuses this user.'); process.exitCode = 1";
  let starts = 0;
  const logger = createLogger({ component: 'test', level: 'silent' });
  const refused = new EventEmitter();
  const sentence = once(refused, 'sentence');
  const kept = keepRunning(
    { name: 'command-api-1', args: ['-e', script], environment: {} },
    { logger, onStart: () => starts++, onRefused: (words) => refused.emit('sentence', words) },
  );
  expect((await sentence)[0]).toBe('NATS refuses this user.');
  expect(starts).toBe(5);
  await kept.stop();
});
