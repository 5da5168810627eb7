import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** Stands between clients and a server, and breaks their connections when told to; the server notices nothing else. */
export type TcpProxy = {
  /** Its own; stays the same while it is shut. */
  readonly port: number;
  /** Cuts all connections; new ones are let through. Says how many there were. */
  cut(): number;
  /** Cuts all connections and refuses new ones, like a server that was stopped, until `open`. */
  shut(): Promise<void>;
  open(): Promise<void>;
  close(): Promise<void>;
};

export type Target = { readonly host: string; readonly port: number };

/** Passes on what the two say to each other. */
export type PassOn = (client: Socket, server: Socket) => void;

const everything: PassOn = (client, server) => void client.pipe(server).pipe(client);

/** In front of `target`, which is asked for at each connection. `passOn`: by default everything, both ways. */
export const startTcpProxy = async (target: () => Target, passOn: PassOn = everything): Promise<TcpProxy> => {
  const sockets = new Set<Socket>();
  const listener = createServer({ noDelay: true }, (client) => {
    const { host, port } = target();
    const server = connect({ host, port, noDelay: true });
    for (const socket of [client, server]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.once('close', () => {
        sockets.delete(socket);
        client.destroy();
        server.destroy();
      });
    }
    passOn(client, server);
  });
  const listen = async (at: number): Promise<number> => {
    listener.listen(at, '127.0.0.1');
    await once(listener, 'listening');
    const address = listener.address();
    return typeof address === 'object' && address ? address.port : at;
  };
  const cut = (): number => {
    const connections = sockets.size / 2;
    for (const socket of [...sockets]) socket.destroy();
    return connections;
  };
  const shut = async (): Promise<void> => {
    if (!listener.listening) return;
    const closed = once(listener, 'close');
    listener.close();
    cut();
    await closed;
  };
  const port = await listen(0);
  return {
    port,
    cut,
    shut,
    open: async () => {
      await listen(port);
    },
    close: shut,
  };
};

/** The address with the proxy in between. */
export const through = ({ port }: { readonly port: number }, address: string): string => {
  const url = new URL(address);
  url.hostname = '127.0.0.1';
  url.port = String(port);
  return url.href;
};

export const targetOf = (address: string): Target => {
  const { hostname, port } = new URL(address);
  return { host: hostname, port: Number(port) };
};
