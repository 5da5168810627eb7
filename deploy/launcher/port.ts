import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { StartProblem } from './start-problem.ts';

/** Tells at once, before a database is started for nothing, that the port is taken. */
export const reservePort = async (host: string, port: number): Promise<void> => {
  if (port === 0) return;
  const probe = createServer();
  await listen(probe, host, port);
  probe.close();
  await once(probe, 'close');
};

/** Listens and answers the port (a free one for 0). */
export const listen = async (server: Server, host: string, port: number): Promise<number> => {
  try {
    server.listen(port, host);
    await once(server, 'listening');
  } catch (error) {
    throw portProblem(error, port);
  }
  const address = server.address();
  return typeof address === 'object' && address ? address.port : port;
};

const portProblem = (error: unknown, port: number): unknown => {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'EADDRINUSE') return new StartProblem(`Port ${port} is in use: choose another one with PORT.`);
  if (code === 'EACCES') return new StartProblem(`Port ${port} needs more rights: choose one above 1023 with PORT.`);
  return error;
};
