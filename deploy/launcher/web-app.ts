import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import { servePages } from '@ims/platform/http/html-pages';
import fastify, { type FastifyInstance } from 'fastify';

const yearInSeconds = 31_536_000;

/** Serves the built web app: hashed assets for a year, the page itself never from a cache, one page for every address. */
export const buildWebApp = async ({ dist, demo }: { dist: string; demo: boolean }): Promise<FastifyInstance> => {
  const page = await readPage(dist, demo);
  const app = fastify({ logger: false });
  await servePages(app, { inlineStyles: true });
  await app.register(fastifyStatic, {
    root: join(dist, 'assets'),
    prefix: '/assets/',
    immutable: true,
    maxAge: yearInSeconds * 1_000,
    preCompressed: true,
  });
  await app.register(fastifyStatic, { root: dist, serve: false, decorateReply: false });
  app.get('/mark.svg', (_request, reply) => reply.sendFile('mark.svg', dist));
  app.setNotFoundHandler((request, reply) => {
    const isPage = (request.method === 'GET' || request.method === 'HEAD') && !request.url.startsWith('/assets/');
    if (!isPage) return reply.code(404).type('text/plain').send('There is nothing at this address\n');
    return reply.type('text/html; charset=utf-8').header('cache-control', 'no-cache').send(page);
  });
  await app.ready();
  return app;
};

/** The page carries one fact of this installation: whether the demonstration's people exist. */
const readPage = async (dist: string, demo: boolean): Promise<string> => {
  const html = await readFile(join(dist, 'index.html'), 'utf8');
  return demo ? html.replace('<head>', '<head><meta name="ims-demo" content="on" />') : html;
};
