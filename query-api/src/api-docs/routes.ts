import swaggerUi from '@fastify/swagger-ui';
import type { Server } from '@ims/platform/http/build-server';
import { servePages } from '@ims/platform/http/html-pages';
import { mergeDocuments, type OpenApiDocument, openApiDocument } from '@ims/platform/http/openapi';
import type { FastifyPluginAsync } from 'fastify';
import { z } from 'zod';

export type ApiDocsOptions = {
  /** The document of the service that shares this one's origin; the merged one is made once, at the first call. */
  readonly otherDocument: (() => OpenApiDocument | Promise<OpenApiDocument>) | undefined;
};

const documentAddress = '/api/v1/openapi.json';

const publicAccess = { kind: 'public' } as const;
const Document = z.looseObject({ openapi: z.string() }).meta({ id: 'OpenApiDocument' });

/** The description of every operation of both services, raw and to browse. Nothing of it comes from elsewhere. */
export const apiDocsRoutes = async (app: Server, { otherDocument }: ApiDocsOptions): Promise<void> => {
  let merged: OpenApiDocument | undefined;
  const document = async (): Promise<OpenApiDocument> => {
    const own = openApiDocument(app);
    const all = otherDocument ? mergeDocuments(await otherDocument(), own) : own;
    merged ??= { ...all, info: { ...all.info, title: 'IMS API' } };
    return merged;
  };

  app.get(
    documentAddress,
    {
      config: { access: publicAccess },
      schema: { tags: ['API'], summary: 'This description, as OpenAPI 3.1', response: { 200: Document } },
    },
    async () => document(),
  );

  await app.register(pagesOf(document));
};

const pagesOf =
  (document: () => Promise<OpenApiDocument>): FastifyPluginAsync =>
  async (app) => {
    await servePages(app);
    // The browser of the API asks beside its own page, where it would find this service's half alone.
    app.addHook('onRequest', async (request, reply) => {
      if (request.url.split('?', 1)[0] === '/api/docs/json') await reply.send(await document());
    });
    await app.register(swaggerUi, {
      routePrefix: '/api/docs',
      uiConfig: { url: documentAddress, deepLinking: true, docExpansion: 'none' },
      theme: { title: 'IMS API' },
    });
  };
