import { expect, it } from 'vitest';
import { createLogger } from '../observability/logger.ts';
import { buildServer } from './build-server.ts';
import { type HealthOptions, healthRoutes } from './health.ts';

const ask = async (url: string, checks: HealthOptions['checks']) => {
  const app = await buildServer({
    title: 'Test',
    version: '1',
    logger: createLogger({ component: 'test', level: 'info' }),
    verifier: { verify: () => undefined },
    accessReader: { read: () => Promise.reject(new Error('not asked')) },
    rateLimits: 'off',
  });
  await app.register(healthRoutes, { version: '1', checks, timeoutMs: 20 });
  return app.inject({ method: 'GET', url });
};
const up = () => Promise.resolve({ status: 'UP', details: { lagMs: 3 } } as const);

it('is up when every part is, and tells how each is', async () => {
  const whole = await ask('/api/v1/health', { db: up, auth: up });
  expect(whole.statusCode).toBe(200);
  expect(whole.json()).toMatchObject({ status: 'UP', version: '1', details: { db: 'UP', auth: 'UP' } });
  expect((await ask('/api/v1/health/db', { db: up })).json().details).toEqual({ lagMs: 3 });
  expect((await ask('/api/v1/health/cache', { db: up })).json()).toMatchObject({
    status: 'UP',
    details: { used: false },
  });
});

it('is degraded, and still answers 200, when a part is', async () => {
  const degraded = () => Promise.resolve({ status: 'DEGRADED' } as const);
  const answer = await ask('/api/v1/health', { db: up, messaging: degraded });
  expect(answer.statusCode).toBe(200);
  expect(answer.json().status).toBe('DEGRADED');
});

it.each([
  ['fails', () => Promise.reject(new Error('password of the database'))],
  ['does not answer', () => new Promise<never>(() => undefined)],
])('is down, without telling why in detail, when a part %s', async (_how, check) => {
  const answer = await ask('/api/v1/health', { db: up, storage: check });
  expect(answer.statusCode).toBe(503);
  expect(answer.json()).toMatchObject({ status: 'DOWN', details: { db: 'UP', storage: 'DOWN' } });
  expect((await ask('/api/v1/health/storage', { storage: check })).body).not.toContain('password');
});
