import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { ensureRoles } from '../database/roles.ts';
import { startEmbeddedPostgres } from '../embedded-postgres/embedded-postgres.ts';
import { testMasterKey } from './test-master-key.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** The test server's superuser, database `postgres`. */
    adminUrl: string;
    /** Distinguishes the template databases of this run from those of an earlier one on the same server. */
    testRun: string;
  }
}

/** One real PostgreSQL for the whole run: an embedded one, or the server of TEST_DATABASE_URL. */
export const setup = async (project: TestProject): Promise<() => Promise<void>> => {
  const server = process.env.TEST_DATABASE_URL
    ? { url: process.env.TEST_DATABASE_URL, stop: () => Promise.resolve() }
    : await startTemporaryServer();
  await ensureRoles(server.url, testMasterKey.bytes);
  project.provide('adminUrl', server.url);
  project.provide('testRun', randomBytes(4).toString('hex'));
  return () => server.stop();
};

const startTemporaryServer = async (): Promise<{ url: string; stop: () => Promise<void> }> => {
  const folder = await mkdtemp(join(tmpdir(), 'ims-test-'));
  const server = await startEmbeddedPostgres({ dataDirectory: join(folder, 'database') });
  const stop = async (): Promise<void> => {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  };
  return { url: server.url, stop };
};
