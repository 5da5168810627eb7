import type { FastifyInstance } from 'fastify';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { CacheMetrics } from '../cache/cache.ts';
import { createIdentityMetrics, type IdentityMetrics } from './identity-metrics.ts';
import { createProjectionMetrics, type ProjectionMetrics } from './projection-metrics.ts';

export type Metrics = {
  readonly registry: Registry;
  /** For `createReadThrough`. */
  readonly cache: CacheMetrics;
  /** How this process came to know that a site has newer rows: by `poll` means that the message was lost or late. */
  generationLearned(by: 'message' | 'poll'): void;
  /** Measures every answer of the server but event streams, which last as long as a browser looks. */
  observeHttp(app: Pick<FastifyInstance, 'addHook'>): void;
  readonly projections: ProjectionMetrics;
  readonly identity: IdentityMetrics;
};

const registryOf = ({ service, version }: { service: string; version: string }): Registry => {
  const registry = new Registry();
  registry.setDefaultLabels({ service });
  collectDefaultMetrics({ register: registry });
  new Gauge({
    name: 'ims_build_info',
    help: 'Version of the running service; always 1',
    labelNames: ['version'],
    registers: [registry],
  }).set({ version }, 1);
  return registry;
};

/** What Prometheus reads of one process; no label names a person or a site. */
export const createMetrics = (of: { readonly service: string; readonly version: string }): Metrics => {
  const registry = registryOf(of);
  const learned = new Counter({
    name: 'ims_generations_learned_total',
    help: 'Newer generations of a site, by how this process came to know of them',
    labelNames: ['by'],
    registers: [registry],
  });
  return {
    registry,
    cache: createCacheMetrics(registry),
    generationLearned: (by) => learned.inc({ by }),
    observeHttp: createHttpObserver(registry),
    projections: createProjectionMetrics(registry),
    identity: createIdentityMetrics(registry),
  };
};

const createCacheMetrics = (registry: Registry): CacheMetrics => {
  const lookups = new Counter({
    name: 'ims_cache_lookups_total',
    help: 'Lookups by where the answer was found; local and shared are hits',
    labelNames: ['cache', 'result'],
    registers: [registry],
  });
  const age = new Histogram({
    name: 'ims_cache_age_seconds',
    help: 'How long ago an answer from the cache was read from the database',
    labelNames: ['cache'],
    buckets: [0.1, 0.5, 1, 5, 15, 60, 120, 300, 600, 3_600],
    registers: [registry],
  });
  return {
    looked: (cache, result, ageSeconds) => {
      lookups.inc({ cache, result });
      if (result !== 'miss') age.observe({ cache }, ageSeconds);
    },
  };
};

const createHttpObserver = (registry: Registry): Metrics['observeHttp'] => {
  const duration = new Histogram({
    name: 'ims_http_request_duration_seconds',
    help: 'Time from the request to the end of its answer',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 30],
    registers: [registry],
  });
  return (app) => {
    app.addHook('onResponse', (request, reply, done) => {
      const isStream = String(reply.getHeader('content-type') ?? '').startsWith('text/event-stream');
      // The pattern and never the address: that holds ids, and there is no end of them.
      const route = request.routeOptions.url ?? 'unknown';
      if (!isStream) {
        duration.observe({ method: request.method, route, status: reply.statusCode }, reply.elapsedTime / 1000);
      }
      done();
    });
  };
};
