import { createServer, type RequestListener, type Server } from 'node:http';
import { refusal } from '@ims/contracts/error-codes';
import { errorBody } from '../http/errors.ts';
import { answerClientError, nodeServerOptions } from '../http/node-server.ts';
import { requestIdOf } from '../http/request-context.ts';

/** Marks an answer 503 of somebody who has not begun with the request: it may go to another process as it is. */
export const nothingDoneHeader = 'x-nothing-done';

export type StartingServer = {
  /** The port it listens on. */
  readonly port: number;
  /** From now on this answers, in place of "not yet". */
  answerWith(handler: RequestListener): void;
  /** Takes no new connections; resolves when all are gone, the last ones cut after 5 s. */
  close(): Promise<void>;
};

const patienceMs = 5_000;
const sweepMs = 50;

/**
 * Listens at once and says what it still waits for: health is DOWN, everything else 503 with `Retry-After`, until
 * there is somebody to answer. Rejects when the port cannot be had.
 */
export const listenWhileStarting = async (options: {
  readonly host: string;
  readonly port: number;
  readonly version: string;
  /** Names of the engines that do not answer yet. */
  readonly waitingFor: () => readonly string[];
}): Promise<StartingServer> => {
  let answer: RequestListener = answerNotYet(options);
  let closing = false;
  const answerNoMore = answerNotYet({ ...options, waitingFor: () => [] });
  const listener: RequestListener = (request, response) => {
    if (closing) response.setHeader('connection', 'close');
    (closing ? answerNoMore : answer)(request, response);
  };
  const server = createServer(nodeServerOptions.http, listener);
  server.on('checkExpectation', listener);
  server.on('clientError', answerClientError);
  server.requestTimeout = nodeServerOptions.requestTimeout;
  server.keepAliveTimeout = nodeServerOptions.keepAliveTimeout;
  const port = await listen(server, options);
  return {
    port,
    answerWith: (handler) => {
      answer = handler;
    },
    close: () => {
      closing = true;
      return closeServer(server);
    },
  };
};

const listen = (server: Server, { host, port }: { host: string; port: number }): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const isTaken = cause.code === 'EADDRINUSE';
      reject(isTaken ? new Error(`Port ${port} is in use: choose another one with PORT.`, { cause }) : cause);
    });
    server.listen(port, host, () => {
      const address = server.address();
      resolve(typeof address === 'object' && address ? address.port : port);
    });
  });

/** Browsers and gateways keep spare connections that carry no request; a server would wait for those. */
const closeServer = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    const sweep = setInterval(() => server.closeIdleConnections(), sweepMs);
    const cut = setTimeout(() => server.closeAllConnections(), patienceMs);
    server.close(() => {
      clearInterval(sweep);
      clearTimeout(cut);
      resolve();
    });
  });

const answerNotYet =
  ({
    version,
    waitingFor,
  }: {
    readonly version: string;
    readonly waitingFor: () => readonly string[];
  }): RequestListener =>
  (request, response) => {
    const requestId = requestIdOf(request);
    const isHealth = /^\/api(?:\/v1)?\/health(?:[/?]|$)/.test(request.url ?? '');
    const health = { status: 'DOWN', responseTimeMs: 0, version, details: { waitingFor: waitingFor() } };
    const away = refusal(
      'SERVICE_UNAVAILABLE',
      'This part of the system is starting or stopping; try again in a moment',
    );
    response.writeHead(503, {
      'content-type': 'application/json; charset=utf-8',
      'cache-control': 'no-store',
      'retry-after': '2',
      [nothingDoneHeader]: '1',
      'x-request-id': requestId,
    });
    response.end(isHealth ? JSON.stringify(health) : errorBody(away, requestId));
    request.resume();
  };
