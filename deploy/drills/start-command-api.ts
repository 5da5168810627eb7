import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { serviceUrl } from '@ims/platform/database/roles';
import { type MasterKey, masterKeyFile } from '@ims/platform/event-log/master-key';
import { freePorts } from '../distributed/ports.ts';

const patienceMs = 60_000;

/** The command API as a process of its own, without rate limits; `home` holds the master key. */
export const startCommandApi = async ({
  databaseUrl,
  masterKey,
  home,
}: {
  readonly databaseUrl: string;
  readonly masterKey: MasterKey;
  readonly home: string;
}): Promise<{ readonly url: string; stop(): Promise<void> }> => {
  const [port = 0] = await freePorts(1);
  const child = spawn(process.execPath, ['--import', 'tsx', join('command-api', 'src', 'main.ts')], {
    env: {
      ...process.env,
      PORT: String(port),
      IMS_HOME: home,
      IMS_MASTER_KEY_FILE: masterKeyFile(home),
      SERVICE_DATABASE_URL: serviceUrl(databaseUrl, 'ims_command', masterKey.bytes),
      RATE_LIMIT: 'off',
      LOG_LEVEL: 'error',
    },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const url = `http://127.0.0.1:${port}`;
  const until = Date.now() + patienceMs;
  const answers = () =>
    fetch(`${url}/.well-known/jwks.json`).then(
      ({ ok }) => ok,
      () => false,
    );
  while (!(await answers())) {
    if (Date.now() > until || child.exitCode !== null) throw new Error('The command API does not start.');
    await delay(100);
  }
  return {
    url,
    stop: async () => {
      child.kill('SIGTERM');
      await gone;
    },
  };
};
