import type { FastifyInstance } from 'fastify';
import { openApiErrorStatuses } from './openapi-errors.ts';
import type { RouteAccess } from './route-access.ts';
import { routesOf } from './routes.ts';

type Operation = {
  operationId?: string;
  tags?: readonly string[];
  parameters?: readonly object[];
  security?: readonly object[];
  responses?: Record<string, object>;
};
type Paths = Record<string, Record<string, Operation>>;

/** As much of an OpenAPI 3.1 document as is touched here. */
export type OpenApiDocument = {
  readonly openapi: string;
  readonly info: { readonly title: string; readonly version: string; readonly description?: string };
  readonly paths: Paths;
  readonly components: { readonly schemas?: object; readonly securitySchemes?: object };
  readonly tags?: readonly { readonly name: string }[];
};

const siteHeader = {
  in: 'header',
  name: 'X-Site-Id',
  required: false,
  description: 'The site of the call; or query parameter `siteId`',
  schema: { type: 'string', format: 'uuid' },
};

/** The document of one service, after `ready()`: its routes, and for each the errors and the sign-in it has. */
export const openApiDocument = (app: FastifyInstance): OpenApiDocument => {
  const document = app.swagger() as unknown as OpenApiDocument;
  const access = new Map(routesOf(app).map((route) => [`${route.method} ${toTemplate(route.url)}`, route.access]));
  const paths: Paths = {};
  for (const [path, operations] of Object.entries(document.paths ?? {})) {
    const template = path.length > 1 ? path.replace(/\/$/, '') : path;
    const described = Object.entries(operations).map(([method, operation]) => {
      const known = access.get(`${method.toUpperCase()} ${template}`) ?? { kind: 'public' };
      return [method, describe(operation, { method, path: template, access: known })] as const;
    });
    paths[template] = Object.fromEntries(described);
  }
  return { ...document, paths };
};

const toTemplate = (url: string): string => url.replace(/:(\w+)/g, '{$1}').replace(/(.)\/$/, '$1');

const describe = (
  operation: Operation,
  { method, path, access }: { method: string; path: string; access: RouteAccess },
): Operation => {
  const tag = /^\/api\/v1\/([^/{]+)/.exec(path)?.[1] ?? 'keys';
  const onSite = access.kind === 'site' && access.siteFrom !== 'path';
  return {
    operationId: operationIdOf(method, path),
    tags: [tag],
    ...operation,
    ...(onSite ? { parameters: [...(operation.parameters ?? []), siteHeader] } : {}),
    ...(access.kind === 'public' ? {} : { security: [{ bearer: [] }] }),
    responses: { ...operation.responses, ...openApiErrorStatuses(method, path, access, operation.responses ?? {}) },
  };
};

const operationIdOf = (method: string, path: string): string =>
  `${method}-${path.replace(/^\/api\/v1\//, '').replace(/[^A-Za-z0-9]+/g, '-')}`.replace(/-$/, '');

/** One document for both services; what both have (health) stands once. */
export const mergeDocuments = (first: OpenApiDocument, second: OpenApiDocument): OpenApiDocument => ({
  ...first,
  paths: mergePaths(first.paths, second.paths),
  components: {
    schemas: { ...first.components.schemas, ...second.components.schemas },
    securitySchemes: { ...first.components.securitySchemes, ...second.components.securitySchemes },
  },
});

const mergePaths = (first: Paths, second: Paths): Paths => {
  const merged: Paths = { ...first };
  for (const [path, operations] of Object.entries(second)) merged[path] = { ...operations, ...merged[path] };
  return Object.fromEntries(Object.entries(merged).sort(([a], [b]) => (a < b ? -1 : 1)));
};
