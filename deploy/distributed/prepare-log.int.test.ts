import { createLogger } from '@ims/platform/observability/logger';
import { createTestDatabase, type TestDatabase } from '@ims/platform/testing/test-database';
import { testMasterKey } from '@ims/platform/testing/test-master-key';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { allMigrations } from '../launcher/database.ts';
import { createProgress } from '../launcher/progress.ts';
import { prepareLog } from './prepare-log.ts';

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase(allMigrations);
  vi.stubEnv('IMS_ADMIN_USERNAME', 'ada');
  vi.stubEnv('IMS_ADMIN_EMAIL', 'ada@example.org');
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await database.drop();
});

const silent = createProgress({ write: () => true } as unknown as NodeJS.WriteStream);
const start = (password: string) => {
  vi.stubEnv('IMS_ADMIN_PASSWORD', password);
  return prepareLog(
    {
      databaseUrl: database.url(),
      engines: { EVENT_LOG: 'postgres', MESSAGES: 'postgres', CACHE: 'memory' },
      masterKey: testMasterKey,
      wantsDemo: false,
      passwords: { PASSWORD_PROFILE: 'nist-800-63b-4' },
      wait: { logger, signal: new AbortController().signal },
      logger,
    },
    silent,
  );
};
const logger = createLogger({ component: 'test', level: 'silent' });

it('the distributed start holds the first administrator’s password to the chosen profile', async () => {
  await expect(start('Office-2026!')).rejects.toThrow('at least 15 characters');
  expect((await start('the quiet harbour at noon')).head).toBeGreaterThan(0n);
});
