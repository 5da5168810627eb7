import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { StartProblem } from '../launcher/start-problem.ts';
import { childEnvironment, root } from './supervise.ts';

const keeper = fileURLToPath(new URL('./postgres.ts', import.meta.url));

export type KeptPostgres = { readonly url: string; stop(): Promise<void> };

/** Starts the embedded PostgreSQL; `onLost` is called when it ends without having been asked to. */
export const startKeptPostgres = async (home: string, onLost: () => void): Promise<KeptPostgres> => {
  const child = spawn(process.execPath, ['--import', 'tsx', keeper], {
    cwd: root,
    env: childEnvironment({ IMS_HOME: home }),
    stdio: ['pipe', 'inherit', 'inherit', 'ipc'],
    detached: true,
  });
  const ended = once(child, 'exit');
  let stopping = false;
  const message = await Promise.race([once(child, 'message').then(([told]) => told), ended.then(() => undefined)]);
  if (!isUrl(message)) throw new StartProblem('The embedded PostgreSQL did not start.');
  void ended.then(() => {
    if (!stopping) onLost();
  });
  return {
    url: message.url,
    stop: async () => {
      stopping = true;
      child.kill('SIGTERM');
      await ended;
    },
  };
};

const isUrl = (message: unknown): message is { url: string } =>
  typeof message === 'object' && message !== null && 'url' in message && typeof message.url === 'string';
