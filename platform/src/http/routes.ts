import { SiteScopeQuery } from '@ims/contracts/site-scope';
import type { FastifyInstance, RouteOptions } from 'fastify';
import { z } from 'zod';
import { createPathMethods, type PathMethods } from './path-methods.ts';
import type { RateClass, RouteAccess } from './route-access.ts';

/** One route as it was registered; `url` has Fastify's form (`/api/v1/interactions/:id`). */
export type RegisteredRoute = {
  readonly method: string;
  readonly url: string;
  readonly access: RouteAccess;
  readonly rate: RateClass | undefined;
};

type Registered = { readonly method: string; readonly options: RouteOptions };
type Registry = { readonly routes: Registered[]; paths: PathMethods };

const registries = new WeakMap<object, Registry>();

const registryOf = (app: FastifyInstance): Registry => {
  const registry = registries.get(app.server);
  if (!registry) throw new Error('This server was not made by buildServer.');
  return registry;
};

/** Watches registrations: gives routes without a query or body schema one that takes nothing, and at start-up wants `config.access` of each. */
export const watchRoutes = (app: FastifyInstance): void => {
  const registry: Registry = { routes: [], paths: createPathMethods() };
  registries.set(app.server, registry);
  app.addHook('onRoute', (options) => {
    const methods = [options.method].flat();
    for (const method of methods) {
      registry.routes.push({ method, options });
      registry.paths.add(method, options.url);
    }
    if (!options.schema?.hide) options.schema = strictSchema(options, methods);
  });
  app.addHook('onReady', (done) => {
    const open = registry.routes.filter(({ options }) => !options.config?.access && !options.schema?.hide);
    const names = open.map(({ method, options }) => `${method} ${options.url}`);
    done(names.length > 0 ? new Error(`Routes without config.access: ${names.join(', ')}.`) : undefined);
  });
};

const nothing = z.strictObject({});
const noBody = z.strictObject({}).nullish();
const bodyMethods = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);

const strictSchema = (
  { schema, config }: RouteOptions,
  methods: readonly string[],
): NonNullable<RouteOptions['schema']> => {
  const access = config?.access;
  const onSite = access?.kind === 'site' && access.siteFrom !== 'path';
  const takesBody = methods.some((method) => bodyMethods.has(method));
  return {
    ...schema,
    querystring: schema?.querystring ?? (onSite ? SiteScopeQuery : nothing),
    ...(takesBody ? { body: schema?.body ?? noBody } : {}),
  };
};

/** Every route that callers can use, for tests that must not forget one. Automatic HEAD routes are left out. */
export const listRoutes = (app: FastifyInstance): readonly RegisteredRoute[] =>
  routesOf(app).filter(({ method }) => method !== 'HEAD');

export const routesOf = (app: FastifyInstance): readonly RegisteredRoute[] =>
  registryOf(app).routes.flatMap(({ method, options: { url, config } }) =>
    config?.access ? [{ method, url, access: config.access, rate: config.rate }] : [],
  );

/** The methods that a path answers to on this server, and on those it shares one origin with. */
export const allowedMethods = (app: FastifyInstance, path: string): readonly string[] =>
  registryOf(app).paths.allowed(path);

/** Tells servers behind one origin of each other's routes, so that a known path with a wrong method is 405 on each. */
export const shareRoutes = (...apps: readonly FastifyInstance[]): void => {
  const shared = createPathMethods();
  for (const app of apps) {
    for (const { method, options } of registryOf(app).routes) shared.add(method, options.url);
  }
  for (const app of apps) registryOf(app).paths = shared;
};
