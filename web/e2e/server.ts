import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TestProject } from 'vitest/node';
import { type RunningIssuer, startIssuer } from '../../deploy/testing/oidc-issuer.ts';
import { findChromium } from './chromium.ts';

/** Where the product runs and which browser looks at it; nothing where there is no browser. */
export type Journeys = {
  readonly address: string;
  readonly chromium: string;
  /** The product's folder, where its mails lie. */
  readonly home: string;
  /** What the button of the external issuer says, and who comes back from it; nothing with IMS_ADDRESS. */
  readonly external?: { readonly label: string; readonly username: string };
  /** The list of processes, where the product runs as several (`IMS_JOURNEYS=distributed`). */
  readonly processes?: string;
};

declare module 'vitest' {
  interface ProvidedContext {
    journeys: Journeys | null;
  }
}

const starts = {
  launcher: fileURLToPath(new URL('../../deploy/launcher/start.mjs', import.meta.url)),
  distributed: fileURLToPath(new URL('../../deploy/distributed/start.mjs', import.meta.url)),
};
const readyWithinMs = 180_000;
const pollMs = 250;

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  if (typeof address !== 'object' || !address) throw new Error('No free port for the product under test');
  return address.port;
};

const isUp = async (address: string): Promise<boolean> => {
  const response = await fetch(`${address}/api/v1/health`).catch(() => undefined);
  return response?.status === 200;
};

const untilUp = async (address: string, product: ChildProcess, said: () => string): Promise<void> => {
  const deadline = Date.now() + readyWithinMs;
  while (!said().includes('IMS is ready') || !(await isUp(address))) {
    if (product.exitCode !== null) throw new Error(`The product ended with ${product.exitCode}:\n${said()}`);
    if (Date.now() > deadline) throw new Error(`The product was not ready in ${readyWithinMs / 1_000} s:\n${said()}`);
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
};

const stop = async (product: ChildProcess, home: string): Promise<void> => {
  if (product.exitCode === null) {
    product.kill('SIGINT');
    await once(product, 'exit');
  }
  if (product.exitCode !== 0) throw new Error(`The product did not stop in order: it ended with ${product.exitCode}`);
  await rm(home, { recursive: true, force: true });
};

/** Linked by the e-mail of the demonstration's viewer. */
const external = { label: 'Journey ID', username: 'viewer' };
const client = { id: 'ims', secret: 'only for journeys, and long enough' };

const startExternalIssuer = (address: string): Promise<RunningIssuer> =>
  startIssuer({
    accounts: [{ subject: 'journey-1', email: `${external.username}@demo.example`, emailVerified: true }],
    clients: [{ ...client, redirectUris: [`${address}/api/v1/auth/external/journey/callback`] }],
  });

const issuerSettings = ({ issuer }: RunningIssuer) => ({
  name: 'journey',
  label: external.label,
  issuer,
  clientId: client.id,
  clientSecret: client.secret,
  algorithms: ['RS256'],
  linkVerifiedEmail: true,
});

/**
 * Starts the real product with its demonstration data for the journeys, in a folder of its own: as one process, or
 * with IMS_JOURNEYS=distributed two of each service behind their gateway.
 * IMS_ADDRESS names a demonstration that runs already and is used instead.
 */
export const setup = async (project: TestProject): Promise<(() => Promise<void>) | undefined> => {
  const chromium = findChromium();
  if (!chromium) {
    if (process.env.CI === 'true') throw new Error('The journeys need Chromium: install it, or set CHROMIUM_PATH');
    project.provide('journeys', null);
    return undefined;
  }
  const running = process.env.IMS_ADDRESS;
  if (running) {
    project.provide('journeys', { address: running, chromium, home: resolve(process.env.IMS_HOME ?? '.ims') });
    return undefined;
  }
  const home = await mkdtemp(join(tmpdir(), 'ims-journeys-'));
  const port = await freePort();
  const distributed = process.env.IMS_JOURNEYS === 'distributed';
  const address = `http://localhost:${port}`;
  const issuer = await startExternalIssuer(address);
  const env = {
    ...process.env,
    // The runner's own `test` would have the web app built for development.
    NODE_ENV: 'production',
    PORT: String(port),
    IMS_HOME: home,
    IMS_DEMO: 'on',
    RATE_LIMIT: 'off',
    LOG_LEVEL: 'error',
    OIDC_ISSUERS: JSON.stringify([issuerSettings(issuer)]),
    ...(distributed ? {} : { EVENT_LOG: 'postgres', MESSAGES: 'postgres', CACHE: 'memory' }),
  };
  const product = spawn(process.execPath, [distributed ? starts.distributed : starts.launcher], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [product.stdout, product.stderr]) stream.on('data', (text) => (output += String(text)));
  await untilUp(address, product, () => output).catch(async (error: unknown) => {
    product.kill('SIGINT');
    await issuer.stop();
    throw error;
  });
  const processes = distributed ? { processes: join(home, 'processes.json') } : {};
  project.provide('journeys', { address, chromium, home, external, ...processes });
  return async () => {
    await stop(product, home);
    await issuer.stop();
  };
};
