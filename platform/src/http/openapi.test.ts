import { expect, it } from 'vitest';
import { z } from 'zod';
import { createLogger } from '../observability/logger.ts';
import { buildServer } from './build-server.ts';
import { healthRoutes } from './health.ts';
import { mergeDocuments, openApiDocument } from './openapi.ts';
import { listRoutes, shareRoutes } from './routes.ts';

const service = async (title: string) => {
  const app = await buildServer({
    title,
    version: '1',
    logger: createLogger({ component: 'test', level: 'info' }),
    verifier: { verify: () => undefined },
    accessReader: { read: () => Promise.reject(new Error('not asked')) },
    rateLimits: 'off',
  });
  await app.register(healthRoutes, { version: '1', checks: { db: () => Promise.resolve({ status: 'UP' }) } });
  return app;
};
const params = z.strictObject({ id: z.string() });
const Thing = z.object({ name: z.string() }).meta({ id: 'Thing' });

const twoServices = async () => {
  const queries = await service('Queries');
  const commands = await service('Commands');
  const read = { access: { kind: 'site', action: 'interaction.read' } } as const;
  queries.get('/api/v1/things/:id', { config: read, schema: { params, response: { 200: Thing } } }, () => ({
    name: 'a',
  }));
  const edit = { access: { kind: 'site', action: 'interaction.edit' } } as const;
  commands.put('/api/v1/things/:id', { config: edit, schema: { params, body: Thing } }, () => ({}));
  await Promise.all([queries.ready(), commands.ready()]);
  return { queries, commands };
};

it('describes both services in one document, with the errors and the sign-in of each operation', async () => {
  const { queries, commands } = await twoServices();
  const document = mergeDocuments(openApiDocument(queries), openApiDocument(commands));
  expect(document.openapi).toBe('3.1.0');
  expect(Object.keys(document.paths)).toContain('/api/v1/health/db');
  const { get, put } = document.paths['/api/v1/things/{id}'] ?? {};
  expect(Object.keys(get?.responses ?? {})).toEqual(['200', '400', '401', '403', '404', '429', '500', '503']);
  expect(Object.keys(put?.responses ?? {})).toEqual(expect.arrayContaining(['409', '412', '413', '415']));
  expect(get?.security).toEqual([{ bearer: [] }]);
  expect(get?.parameters).toContainEqual(expect.objectContaining({ name: 'X-Site-Id', in: 'header' }));
  expect(document.components.schemas).toHaveProperty('ErrorEnvelope');
  expect(document.components.schemas).toHaveProperty('Thing');
});

it('lists every route with who may call it', async () => {
  const { commands } = await twoServices();
  const routes = listRoutes(commands);
  expect(routes).toHaveLength(7);
  const access = { kind: 'site', action: 'interaction.edit' };
  expect(routes).toContainEqual({ method: 'PUT', url: '/api/v1/things/:id', access, rate: undefined });
});

it('knows the methods of the other service behind the same origin', async () => {
  const { queries, commands } = await twoServices();
  expect((await commands.inject({ method: 'PATCH', url: '/api/v1/things/7' })).headers.allow).toBe('PUT');
  shareRoutes(queries, commands);
  const answer = await commands.inject({ method: 'PATCH', url: '/api/v1/things/7' });
  expect(answer.statusCode).toBe(405);
  expect(answer.headers.allow).toBe('GET, HEAD, PUT');
});
