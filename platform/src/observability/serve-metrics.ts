import { createServer, type Server, type ServerResponse } from 'node:http';
import type { Metrics } from './metrics.ts';

export type MetricsServer = {
  /** The port that was taken, where `port: 0` asked for any. */
  readonly port: number;
  close(): Promise<void>;
};

/** Answers `GET /metrics` on a port of its own, which the gateway does not lead to. Rejects when the port is taken. */
export const serveMetrics = async (options: {
  readonly metrics: Pick<Metrics, 'registry'>;
  readonly host: string;
  readonly port: number;
}): Promise<MetricsServer> => {
  const { registry } = options.metrics;
  const server = createServer((request, response) => {
    const path = request.url?.split('?')[0];
    if (path !== '/metrics') return answer(response, 404, 'Not found\n');
    if (request.method !== 'GET') return answer(response, 405, 'Only GET\n', { allow: 'GET' });
    registry.metrics().then(
      (text) => answer(response, 200, text, { 'content-type': registry.contentType }),
      () => answer(response, 500, 'The metrics could not be collected\n'),
    );
  });
  await listen(server, options);
  const address = server.address();
  return {
    port: typeof address === 'object' && address ? address.port : options.port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};

const listen = (server: Server, { host, port }: { host: string; port: number }): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => resolve());
  });

const answer = (response: ServerResponse, status: number, text: string, headers: Record<string, string> = {}): void => {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', ...headers }).end(text);
};
