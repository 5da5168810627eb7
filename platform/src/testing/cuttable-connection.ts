import { connect, createServer, type Socket } from 'node:net';

/** A way to a server on which a test can cut what is connected; the server itself notices nothing but that. */
export type CuttableConnection = {
  readonly url: string;
  cut(): void;
  close(): Promise<void>;
};

export const cuttableConnection = async (target: string): Promise<CuttableConnection> => {
  const { hostname, port } = new URL(target);
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect({ host: hostname, port: Number(port) });
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        sockets.delete(socket);
        other.destroy();
      });
      socket.pipe(other);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const url = new URL(target);
  url.host = `127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
  const cut = (): void => {
    for (const socket of [...sockets]) socket.destroy();
  };
  return {
    url: url.href,
    cut,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        cut();
      }),
  };
};
