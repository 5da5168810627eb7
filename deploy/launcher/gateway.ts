import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { answerClientError, nodeServerOptions } from '@ims/platform/http/node-server';

/** What takes requests of one kind; Fastify's `app.routing` is one. */
export type Handler = RequestListener;

export type Origin = { readonly commands: Handler; readonly queries: Handler; readonly web: Handler };

/** The one rule of `3-api.md`: reads of the API to the query side, its rest and all of auth to the command side. */
export const route = ({ method, url = '/' }: Pick<IncomingMessage, 'method' | 'url'>): keyof Origin => {
  const path = url.split('?', 1)[0] ?? '/';
  if (path.startsWith('/.well-known/')) return 'commands';
  if (path === '/api/docs' || path.startsWith('/api/docs/')) return 'queries';
  if (path !== '/api' && !path.startsWith('/api/')) return 'web';
  const resource = path.replace(/^\/api(\/v1)?/, '');
  if (resource === '/auth' || resource.startsWith('/auth/')) return 'commands';
  return method === 'GET' || method === 'HEAD' ? 'queries' : 'commands';
};

/** One origin for both APIs and the web app, in one process: no request is passed on over a socket. */
export const createGateway = (origin: Origin): Server => {
  const listener: Handler = (request, response) => origin[route(request)](request, response);
  const server = createServer(nodeServerOptions.http, listener);
  server.on('checkExpectation', listener);
  server.requestTimeout = nodeServerOptions.requestTimeout;
  server.keepAliveTimeout = nodeServerOptions.keepAliveTimeout;
  server.on('clientError', answerClientError);
  return server;
};
