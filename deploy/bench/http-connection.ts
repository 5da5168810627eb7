import { connect, type Socket } from 'node:net';

export type HttpAnswer = { readonly status: number; readonly body: string };
export type HttpConnection = {
  /** Sends one request as it is and waits for its answer; one at a time. */
  exchange(request: string): Promise<HttpAnswer>;
  close(): void;
};

export type Endpoint = { readonly port: number; readonly token: string };

/** The text of a request on a kept-alive connection. */
export const requestText = (
  { port, token }: Endpoint,
  path: string,
  sent?: { readonly body: string; readonly siteId: string },
): string => {
  const lines = [
    `${sent ? 'POST' : 'GET'} ${path} HTTP/1.1`,
    `host: 127.0.0.1:${port}`,
    `authorization: Bearer ${token}`,
    ...(sent
      ? [
          'content-type: application/json',
          `x-site-id: ${sent.siteId}`,
          `content-length: ${Buffer.byteLength(sent.body)}`,
        ]
      : []),
  ];
  return `${lines.join('\r\n')}\r\n\r\n${sent?.body ?? ''}`;
};

/**
 * A kept-alive connection on the bare socket: a client library would cost more than some of the answers, and would
 * make both sides look alike. Reads answers with a content length only, which both sides give.
 */
export const openConnection = async (port: number): Promise<HttpConnection> => {
  const socket = await openSocket(port);
  let received: Buffer[] = [];
  let waiting: { resolve(answer: HttpAnswer): void; reject(error: Error): void } | undefined;
  socket.on('data', (chunk) => {
    received.push(chunk);
    const bytes = received.length === 1 ? chunk : Buffer.concat(received);
    const answer = parseAnswer(bytes);
    received = answer ? [] : [bytes];
    if (answer) waiting?.resolve(answer);
  });
  const fail = (error: Error) => waiting?.reject(error);
  socket.on('error', fail);
  socket.on('close', () => fail(new Error('The server closed the connection.')));
  return {
    exchange: (request) =>
      new Promise((resolve, reject) => {
        waiting = { resolve, reject };
        socket.write(request);
      }),
    close: () => socket.destroy(),
  };
};

const openSocket = (port: number): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    socket.once('connect', () => resolve(socket));
    socket.once('error', reject);
  });

const parseAnswer = (bytes: Buffer): HttpAnswer | undefined => {
  const headEnd = bytes.indexOf('\r\n\r\n');
  if (headEnd < 0) return undefined;
  const head = bytes.toString('latin1', 0, headEnd);
  const length = /\r\ncontent-length: (\d+)/i.exec(head)?.[1];
  if (length === undefined) throw new Error(`An answer without content length:\n${head}`);
  const bodyEnd = headEnd + 4 + Number(length);
  if (bytes.length < bodyEnd) return undefined;
  return { status: Number(head.slice(9, 12)), body: bytes.toString('utf8', headEnd + 4, bodyEnd) };
};
