import { connect, createServer, type Socket } from 'node:net';

/** Stands between a client and a server on this machine, and breaks what passes when told to. */
export type TcpProxy = {
  readonly port: number;
  /** Swallows what the server sends next, and cuts the connection then: the request arrived, the answer did not. */
  swallowNextAnswer(): void;
  /** How many answers were swallowed. */
  swallowed(): number;
  /** Cuts all connections; new ones are let through. */
  cut(): void;
  close(): Promise<void>;
};

export const startTcpProxy = async (targetPort: number): Promise<TcpProxy> => {
  const sockets = new Set<Socket>();
  let swallowing = false;
  let swallowed = 0;
  const server = createServer((client) => {
    const target = connect(targetPort, '127.0.0.1');
    const end = (): void => {
      client.destroy();
      target.destroy();
    };
    for (const socket of [client, target]) {
      sockets.add(socket);
      socket.on('error', end);
      socket.on('close', () => {
        sockets.delete(socket);
        end();
      });
    }
    client.pipe(target);
    target.on('data', (bytes) => {
      if (!swallowing) return void client.write(bytes);
      // Small frames are the transport's own business (acknowledgements, windows), not an answer.
      if (bytes.length < 40) return;
      swallowing = false;
      swallowed += 1;
      end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return {
    port: typeof address === 'object' && address ? address.port : 0,
    swallowNextAnswer: () => {
      swallowing = true;
    },
    swallowed: () => swallowed,
    cut: () => {
      for (const socket of sockets) socket.destroy();
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
};
