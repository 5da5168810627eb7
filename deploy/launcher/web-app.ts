import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import { refusal } from '@ims/contracts/error-codes';
import { answerError, sendRefusal } from '@ims/platform/http/errors';
import { servePages } from '@ims/platform/http/html-pages';
import { requestIdOf } from '@ims/platform/http/request-context';
import fastify, { type FastifyError, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';

const yearInSeconds = 31_536_000;
const nothingThere = refusal('RESOURCE_NOT_FOUND', 'There is nothing at this address');

/** Serves the built web app: hashed assets for a year, the page itself never from a cache, one page for every address. */
export const buildWebApp = async ({ dist, demo }: { dist: string; demo: boolean }): Promise<FastifyInstance> => {
  const page = await readPage(dist, demo);
  const app = fastify({
    logger: false,
    genReqId: requestIdOf,
    frameworkErrors: (error, request, reply) => {
      answerError(error, request as FastifyRequest, reply as FastifyReply);
    },
  });
  app.setErrorHandler(answerFailure);
  await servePages(app, { nonces: true });
  await app.register(fastifyStatic, {
    root: join(dist, 'assets'),
    prefix: '/assets/',
    immutable: true,
    maxAge: yearInSeconds * 1_000,
    preCompressed: true,
  });
  app.get('/mark.svg', (_request, reply) => reply.sendFile('mark.svg', dist));
  app.setNotFoundHandler((request, reply) => {
    const isPage = (request.method === 'GET' || request.method === 'HEAD') && !request.url.startsWith('/assets/');
    if (!isPage) return sendRefusal(reply, nothingThere);
    return reply.type('text/html; charset=utf-8').header('cache-control', 'no-cache').send(page(reply.cspNonce.style));
  });
  await app.ready();
  return app;
};

/** A path out of the folder, a range out of the file: what the caller asks for is not there. */
const answerFailure = (error: FastifyError, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
  const { statusCode = 500 } = error;
  return statusCode < 500 ? sendRefusal(reply, nothingThere) : answerError(error, request, reply);
};

/** What the page is told: the nonce of its styles, and whether the demonstration's people exist. */
const readPage = async (dist: string, demo: boolean): Promise<(nonce: string) => string> => {
  const html = await readFile(join(dist, 'index.html'), 'utf8');
  const [before = '', after = ''] = html.split('<head>');
  const marks = demo ? '<meta name="ims-demo" content="on" />' : '';
  return (nonce) => `${before}<head><meta name="ims-style-nonce" content="${nonce}" />${marks}${after}`;
};
