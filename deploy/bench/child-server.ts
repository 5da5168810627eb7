import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

export type ChildServer = { readonly port: number; stop(): Promise<void> };

/** Starts a server in a process of its own, so that it and the load do not share one thread. */
export const startChild = async <Config extends object>(file: URL, config: Config): Promise<ChildServer> => {
  const child = fork(fileURLToPath(file), [], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  child.send(config);
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`A server of the bench ended with code ${code}.`);
  });
  ended.catch(() => undefined);
  const [message] = (await Promise.race([once(child, 'message'), ended])) as [{ port: number }];
  return { port: message.port, stop: () => stop(child) };
};

const stop = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
};

/** The child's side: waits for its configuration, tells its port, and does not outlive its parent. */
export const serveParent = <Config>(start: (config: Config) => Promise<number>): void => {
  process.once('message', async (config) => {
    const port = await start(config as Config);
    process.send?.({ port });
  });
  process.once('disconnect', () => process.exit(0));
};
