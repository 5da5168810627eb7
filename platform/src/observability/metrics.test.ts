import Fastify from 'fastify';
import { afterEach, describe, expect, it } from 'vitest';
import { createMetrics } from './metrics.ts';
import { serveMetrics } from './serve-metrics.ts';

const metrics = () => createMetrics({ service: 'query-api', version: '1.2.3' });

describe('What an operator measures', () => {
  it('tells which service of which version it is, and how its process is', async () => {
    const text = await metrics().registry.metrics();
    expect(text).toContain('ims_build_info{version="1.2.3",service="query-api"} 1');
    expect(text).toMatch(/process_resident_memory_bytes\{service="query-api"\} \d/);
  });

  it('tells how often the cache knew, and how old its answers were', async () => {
    const { cache, registry, generationLearned } = metrics();
    cache.looked('interactions', 'local', 2);
    cache.looked('interactions', 'shared', 30);
    cache.looked('interactions', 'miss', 0);
    generationLearned('poll');
    const text = await registry.metrics();
    for (const result of ['local', 'shared', 'miss']) {
      expect(text).toContain(`ims_cache_lookups_total{cache="interactions",result="${result}",service="query-api"} 1`);
    }
    expect(text).toContain('ims_cache_age_seconds_count{service="query-api",cache="interactions"} 2');
    expect(text).toContain('ims_cache_age_seconds_sum{service="query-api",cache="interactions"} 32');
    expect(text).toContain('ims_generations_learned_total{by="poll",service="query-api"} 1');
  });

  it('tells how far each projection is, and nothing more of a version that was dropped', async () => {
    const { projections, registry } = metrics();
    const measure = { projection: 'interactions', lagEvents: 7, lagSeconds: 1.5, deadLetters: 2 };
    projections.report([{ ...measure, version: 1, state: 'live' }]);
    projections.report([{ ...measure, version: 2, state: 'rebuilding' }]);
    const text = await registry.metrics();
    const labels = 'projection="interactions",version="2"';
    expect(text).toContain(`ims_projection_lag_events{${labels},service="query-api"} 7`);
    expect(text).toContain(`ims_projection_lag_seconds{${labels},service="query-api"} 1.5`);
    expect(text).toContain(`ims_projection_dead_letters{${labels},service="query-api"} 2`);
    expect(text).toContain(`ims_projection_state{${labels},state="rebuilding",service="query-api"} 1`);
    expect(text).not.toContain('version="1"');
  });

  it('measures requests by route and never by address, and leaves event streams out', async () => {
    const { observeHttp, registry } = metrics();
    const app = Fastify();
    observeHttp(app);
    app.get('/interactions/:id', () => 'found');
    app.get('/changes', (_request, reply) => reply.type('text/event-stream').send('data: 1\n\n'));
    for (const url of ['/interactions/one', '/interactions/two', '/changes', '/nowhere/secret'])
      await app.inject({ url });
    await app.close();
    const text = await registry.metrics();
    expect(text).toMatch(/duration_seconds_count\{[^}]*route="\/interactions\/:id",status="200"\} 2/);
    expect(text).toMatch(/duration_seconds_count\{[^}]*route="unknown",status="404"\} 1/);
    expect(text).not.toMatch(/secret|interactions\/one|changes/);
  });
});

describe('The address of the metrics', () => {
  const opened: { close(): Promise<void> }[] = [];
  afterEach(async () => {
    for (const server of opened.splice(0)) await server.close();
  });
  const serve = async (port = 0) => {
    const server = await serveMetrics({ metrics: metrics(), host: '127.0.0.1', port });
    opened.push(server);
    return server;
  };

  it('answers GET /metrics and nothing else', async () => {
    const { port } = await serve();
    const call = (path: string, method = 'GET') => fetch(`http://127.0.0.1:${port}${path}`, { method });
    const answer = await call('/metrics');
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toMatch(/^text\/plain; version=/);
    expect(await answer.text()).toContain('ims_build_info');
    expect((await call('/')).status).toBe(404);
    expect((await call('/metrics', 'POST')).status).toBe(405);
  });

  it('says so when its port is taken', async () => {
    const { port } = await serve();
    await expect(serve(port)).rejects.toThrow('EADDRINUSE');
  });
});
