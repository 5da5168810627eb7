import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

export type TcpGate = {
  readonly port: number;
  /** Cuts every connection and refuses new ones, like a server that was stopped. */
  shut(): Promise<void>;
  open(): Promise<void>;
};

/** A door in front of a real server, on a port of its own. Opened first by `open`. */
export const createTcpGate = async (target: { host: string; port: number }): Promise<TcpGate> => {
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(target.port, target.host);
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.once('close', () => {
        sockets.delete(socket);
        near.destroy();
        far.destroy();
      });
    }
    near.pipe(far).pipe(near);
  });
  const listen = async (port: number): Promise<number> => {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    return typeof address === 'object' && address ? address.port : port;
  };
  const close = async (): Promise<void> => {
    const closed = once(server, 'close');
    server.close();
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  const port = await listen(0);
  await close();
  return {
    port,
    shut: close,
    open: async () => {
      await listen(port);
    },
  };
};

/** The same address through the gate. */
export const through = (gate: TcpGate, address: string): string => {
  const url = new URL(address);
  url.hostname = '127.0.0.1';
  url.port = String(gate.port);
  return url.href;
};
