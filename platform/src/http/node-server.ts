import { randomUUID } from 'node:crypto';
import type { ServerOptions } from 'node:http';
import type { Duplex } from 'node:stream';
import { errorBody } from './errors.ts';

/** What is not HTTP at all never reaches a route: answered in the envelope here, then hung up on. */
export const answerClientError = (error: NodeJS.ErrnoException, socket: Duplex): void => {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const requestId = randomUUID();
  const tooLarge = error.code === 'HPE_HEADER_OVERFLOW' || error.code === 'HPE_CHUNK_EXTENSIONS_OVERFLOW';
  const body = tooLarge
    ? errorBody({ code: 'PAYLOAD_TOO_LARGE', message: 'The address or the headers are too large' }, requestId)
    : errorBody({ code: 'VALIDATION_ERROR', message: 'This is not a valid HTTP request' }, requestId);
  socket.end(
    [
      tooLarge ? 'HTTP/1.1 413 Payload Too Large' : 'HTTP/1.1 400 Bad Request',
      'content-type: application/json; charset=utf-8',
      'cache-control: no-store',
      'x-content-type-options: nosniff',
      "content-security-policy: default-src 'none'; frame-ancestors 'none'",
      `x-request-id: ${requestId}`,
      `content-length: ${Buffer.byteLength(body)}`,
      'connection: close',
      '',
      body,
    ].join('\r\n'),
  );
};

/** Limits of the node server, for Fastify's own and (with `answerClientError` on `clientError`) for a launcher's. */
export const nodeServerOptions = {
  requestTimeout: 30_000,
  keepAliveTimeout: 72_000,
  clientErrorHandler: answerClientError,
  // Without a Host node itself would answer, outside the envelope; `startRequest` refuses such a request.
  http: { maxHeaderSize: 16_384, headersTimeout: 15_000, requireHostHeader: false } satisfies ServerOptions,
};
