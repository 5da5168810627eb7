import { type PassOn, startTcpProxy } from '@ims/platform/testing/tcp-proxy';

/**
 * Where a connection is stopped: `asked` when the client's message with this text has come and is held back, `answered`
 * when it was passed on and the server's answer is held back: done there, unknown here.
 */
export type Point = { readonly text: string; readonly when: 'asked' | 'answered' };

export type Trap = {
  /** Resolves when something is in the trap: it stays there until the connection ends. */
  readonly caught: Promise<void>;
  disarm(): void;
};

/** Stands between one process and PostgreSQL, whose port may change while its own stays. */
export type PostgresGate = {
  readonly port: number;
  /** Breaks the connections that are open; says how many. */
  cut(): number;
  trap(point: Point): Trap;
  close(): Promise<void>;
};

type Armed = Point & { readonly catch: () => void };

export const openPostgresGate = async (serverPort: () => number): Promise<PostgresGate> => {
  let armed: Armed | undefined;

  const passOn: PassOn = (client, server) => {
    let held = false;
    let holdAnswer = false;
    client.on('data', (message: Buffer) => {
      if (held) return;
      if (armed && message.includes(armed.text)) {
        const { when, catch: fall } = armed;
        armed = undefined;
        if (when === 'asked') {
          held = true;
          return fall();
        }
        holdAnswer = true;
        server.once('data', fall);
      }
      server.write(message);
    });
    server.on('data', (message: Buffer) => {
      if (!holdAnswer && !held) client.write(message);
    });
  };

  const { port, cut, close } = await startTcpProxy(() => ({ host: '127.0.0.1', port: serverPort() }), passOn);
  return {
    port,
    cut,
    trap: (point) => {
      const caught = new Promise<void>((resolve) => {
        armed = { ...point, catch: resolve };
      });
      return {
        caught,
        disarm: () => {
          armed = undefined;
        },
      };
    },
    close,
  };
};
